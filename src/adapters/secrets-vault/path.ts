/** References to Vault, checked: which mount and path they name, and nothing that leads elsewhere. */
import type { SecretReference, SecretRefusal } from "../../ports/secret-store.ts";
import { invalid } from "./refusal.ts";

const WORD = /^[^\s/?#%\\\p{Cc}]+$/u;
/** Behind the path of a secret: where its staged version is. */
const STAGED = ".ringfence-staged";

export interface KvPath {
  /** Where the engine is mounted, encoded. */
  readonly mount: string;
  /** Within the mount, encoded. */
  readonly path: string;
}

export const stagedOf = ({ mount, path }: KvPath): KvPath => ({ mount, path: `${path}${STAGED}` });

export const pathOf = ({ mount, path }: KvPath, part: "data" | "metadata" | "destroy" | "delete"): string =>
  `${mount}/${part}/${path}`;

/** The parts of a path, encoded; undefined for one that would lead elsewhere. */
export function partsOf(path: string): readonly string[] | undefined {
  const parts = path.split("/");
  const wrong = parts.some((part) => !WORD.test(part) || part === "." || part === "..");
  return wrong ? undefined : parts.map(encodeURIComponent);
}

export function unknownParameter(
  { scheme, parameters }: SecretReference,
  known: readonly string[],
): SecretRefusal | undefined {
  for (const [name, value] of Object.entries(parameters)) {
    if (!known.includes(name))
      return invalid(`${scheme} knows no parameter ${name}`, `use ${known.join(", ") || "none"}`);
    if (value === "") return invalid(`the parameter ${name} has no value`);
  }
  return undefined;
}

/** The mount is the first part of the path, or what `?mount=` says: then the path begins with that. */
export function kvPathOf(reference: SecretReference): KvPath | SecretRefusal {
  const wrong = unknownParameter(reference, ["version", "mount"]);
  if (wrong) return wrong;
  const parts = partsOf(reference.path);
  if (!parts) return invalid("the path is none of a secret in Vault", "vault://<mount>/<path>");
  const mount =
    reference.parameters.mount === undefined ? parts.slice(0, 1) : partsOf(reference.parameters.mount);
  const isPrefix = mount?.every((part, at) => part === parts[at]);
  if (!mount || !isPrefix) return invalid("the path does not begin with the mount that ?mount= names");
  if (parts.length === mount.length)
    return invalid("the path names a mount and no secret in it", "vault://<mount>/<path>");
  if (reference.path.endsWith(STAGED))
    return invalid(`paths that end in ${STAGED} are Ringfence's own: ask for the secret itself`);
  return { mount: mount.join("/"), path: parts.slice(mount.length).join("/") };
}
