/** A whole SOPS file from its sealed leaves: the MAC over them, the metadata, and the form that its name asks for. */
import { createHash } from "node:crypto";
import type { SopsForm } from "./form.ts";
import { type Fields, type KeyGroups, keyGroupFields } from "./keys.ts";
import { DEFAULT_UNENCRYPTED_SUFFIX } from "./metadata.ts";
import { type SealedLeaf, sealLeaf } from "./value.ts";
import { writeDotenv } from "./write-dotenv.ts";
import { writeJson } from "./write-json.ts";
import { writeYaml } from "./write-yaml.ts";

/** The SOPS release whose format this is. */
const FORMAT_VERSION = "3.9.0";
const WRITERS = { yaml: writeYaml, json: writeJson, dotenv: writeDotenv };

/** What a file is made of, besides its leaves. */
export interface FileParts {
  readonly dataKey: Buffer;
  readonly keys: KeyGroups;
  /** As `goTimestamp` gives it. */
  readonly lastModified: string;
}

/** The file's text; every leaf is encrypted and covered by the MAC. */
export function writeSopsFile(form: SopsForm, leaves: readonly SealedLeaf[], parts: FileParts): string {
  const { dataKey, keys, lastModified } = parts;
  const hash = createHash("sha512");
  for (const { authenticated } of leaves) hash.update(authenticated);
  const metadata: Fields = {
    ...keyGroupFields(keys),
    lastmodified: lastModified,
    mac: sealLeaf(hash.digest("hex").toUpperCase(), dataKey, lastModified),
    unencrypted_suffix: DEFAULT_UNENCRYPTED_SUFFIX,
    version: FORMAT_VERSION,
  };
  return WRITERS[form](leaves, metadata);
}
