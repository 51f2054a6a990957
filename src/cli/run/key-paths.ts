/** Where keys lie that open other environments: what a view leaves out although it belongs to no environment. */
import { existsSync, readFileSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, resolve } from "node:path";
import { ringfenceHome } from "../../snapshot/home.ts";

type Variables = Readonly<Record<string, string | undefined>>;

/** In the user's home: Ringfence's, those of ssh (age takes them as identities), sops, AWS and Vault. */
const IN_HOME = [".config/ringfence", ".config/sops", ".ssh", ".aws", ".vault-token"];

/** Variables that name a file with a key, or with what opens one. */
const NAMING = [
  "RINGFENCE_IDENTITY_FILE",
  "RINGFENCE_PASSPHRASE_FILE",
  "SOPS_AGE_KEY_FILE",
  "SOPS_AGE_SSH_PRIVATE_KEY_FILE",
];

/** A pipe (`<(…)`) or a device holds nothing that could be read a second time. */
function isKept(path: string): boolean {
  const found = statSync(path, { throwIfNoEntry: false });
  return found !== undefined && (found.isFile() || found.isDirectory());
}

/** Absolute paths of keys, as far as they are there. @param outer the caller's variables */
export function keyPaths(outer: Variables, workingFolder: string): string[] {
  const home = outer.HOME || homedir();
  const named = NAMING.flatMap((name) => outer[name] || []).map((path) => resolve(workingFolder, path));
  const sops = outer.XDG_CONFIG_HOME ? [resolve(workingFolder, outer.XDG_CONFIG_HOME, "sops")] : [];
  const usual = IN_HOME.map((path) => resolve(home, path));
  return [ringfenceHome(outer), ...usual, ...sops, ...named].filter(isKept);
}

/** What a work tree's `.git` file points to, and the folder that it shares with others (gitrepository-layout(5)). */
function linkedFolders(file: string): string[] {
  const target = /^gitdir: (.+)$/m.exec(readFileSync(file, "utf8"))?.[1];
  if (target === undefined) return [];
  const own = resolve(dirname(file), target);
  const common = resolve(own, "commondir");
  return [own, ...(existsSync(common) ? [resolve(own, readFileSync(common, "utf8").trim())] : [])];
}

/** The `.git` of the repository that the project lies in, and what belongs to it: it holds each file that ever was. */
export function repositoryPaths(root: string): string[] {
  const git = resolve(root, ".git");
  if (!isKept(git)) return dirname(root) === root ? [] : repositoryPaths(dirname(root));
  return [git, ...(statSync(git).isFile() ? linkedFolders(git) : [])];
}
