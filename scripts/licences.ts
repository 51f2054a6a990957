/** Collects the licences of the packages that are bundled into ours. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const LICENCE_FILE = /^(?:licen[cs]e|copying)(?:[.-].*)?$/i;
const NOTICE_FILE = /^notice(?:\.(?:md|txt))?$/i;

interface PackageFacts {
  readonly name: string;
  readonly version: string;
  readonly license?: string;
}

/**
 * One text with name, version, licence and notice of each package, sorted by name.
 *
 * @param folders package folders relative to `root`; repeated ones count once.
 * @throws when a package comes without the text of its licence: it can't be passed on then.
 */
export function licenceText(root: string, folders: Iterable<string>): string {
  const sections = [...new Set(folders)].sort().map((folder) => licenceOf(join(root, folder)));
  return `Ringfence contains the following packages.\n\n${sections.join("\n")}`;
}

function licenceOf(folder: string): string {
  const facts = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as PackageFacts;
  const files = readdirSync(folder).sort();
  const licences = files.filter((file) => LICENCE_FILE.test(file));
  if (licences.length === 0) throw new Error(`${facts.name} ${facts.version} has no licence file`);
  const texts = [...licences, ...files.filter((file) => NOTICE_FILE.test(file))].map((file) =>
    readFileSync(join(folder, file), "utf8").trim(),
  );
  const title = `${facts.name} ${facts.version} (${facts.license ?? "see below"})`;
  return `${"-".repeat(78)}\n${title}\n${"-".repeat(78)}\n\n${texts.join("\n\n")}\n`;
}
