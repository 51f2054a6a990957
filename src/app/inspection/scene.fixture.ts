/** Folders for the tests of `inspect`: files from a table, and a fingerprint that any write would change. */
import { lstatSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { InspectionView } from "../../contract/inspection.ts";
import { command } from "../library.ts";

export type Files = Readonly<Record<string, string | Uint8Array>>;

export interface FolderScene {
  readonly folder: string;
  write(files: Files): void;
  inspect(
    input?: Readonly<Record<string, unknown>>,
    from?: string,
  ): Promise<{ view: InspectionView; exit: number }>;
  /** Every file and folder with size and times of change. */
  listing(): string[];
  remove(): void;
}

function entriesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    const { size, mtimeNs, ctimeNs } = lstatSync(path, { bigint: true });
    const line = `${path} ${size} ${mtimeNs} ${ctimeNs}`;
    return entry.isDirectory() ? [line, ...entriesBelow(path)] : [line];
  });
}

export function openFolderScene(files: Files): FolderScene {
  const folder = mkdtempSync(join(tmpdir(), "ringfence-inspect-"));
  const write = (more: Files) => {
    for (const [path, text] of Object.entries(more)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
  };
  write(files);
  return {
    folder,
    write,
    async inspect(input = {}, from = ".") {
      const { answer, exit } = await command("inspect", { folder: join(folder, from), input });
      return { view: answer as InspectionView, exit };
    },
    listing: () => entriesBelow(folder),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
