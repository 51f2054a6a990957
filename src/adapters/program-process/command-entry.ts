/** What a command's Node loads before anything else, in each of its threads and forks: it holds it to what was trusted. */
import { realpathSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { isBelow, loadOnlyTrusted, type TrustedFiles } from "./trusted-files.ts";

/** A script from elsewhere (a tool that is installed on the machine) may load its own files. */
function isScriptElsewhere(root: string): boolean {
  const script = process.argv[1];
  if (script === undefined || !/[\\/]/.test(script)) return false;
  try {
    return !isBelow(join(realpathSync(dirname(script)), basename(script)), root);
  } catch {
    return false;
  }
}

/**
 * Refuses every file of the project that was not trusted.
 *
 * @param note absolute file in which a refusal is noted as JSON, as the process's own output is not shown
 */
export function holdToTrusted(trusted: TrustedFiles, note: string): void {
  const root = realpathSync(trusted.folder);
  const isFree = isScriptElsewhere(root);
  loadOnlyTrusted(
    trusted,
    (path) => isFree && !isBelow(path, root),
    ({ message: why, fix }) => writeFileSync(note, JSON.stringify({ why, fix })),
  );
}
