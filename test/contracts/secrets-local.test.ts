/** Files and programs join the contract of the port for secrets: read only, without versions and without leases. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openCommandSecrets } from "../../src/adapters/secrets-command/index.ts";
import { openFileSecrets } from "../../src/adapters/secrets-file/index.ts";
import type { SecretReference, SecretStore } from "../../src/ports/secret-store.ts";
import { secretStoreContract } from "./secret-store.ts";
import type { SecretStoreFacts, SecretStoreUnderTest } from "./secret-store-subject.ts";

const FACTS: SecretStoreFacts = {
  text: (value) => value,
  largest: 1024 * 1024 - 2,
  versions: false,
  batch: 4,
  writing: "none",
  leases: "none",
  inHand: false,
};

/** Secrets that are files of a folder of its own, one line break behind each. */
const open =
  (scheme: string, openStore: (folder: string) => SecretStore) => async (): Promise<SecretStoreUnderTest> => {
    const folder = mkdtempSync(join(tmpdir(), "ringfence-local-secrets-"));
    const at = (path: string): SecretReference => ({
      text: `${scheme}:${path}`,
      scheme,
      path,
      parameters: {},
    });
    writeFileSync(join(folder, "binary"), new Uint8Array([0xff, 0xfe, 0]));
    writeFileSync(join(folder, "huge"), Buffer.alloc(1024 * 1024 + 1, "a"));
    return {
      store: openStore(folder),
      at,
      keep: async (name, text) => writeFileSync(join(folder, name), `${text}\n`),
      invalid: [at("binary"), at("huge")],
      dispose: async () => rmSync(folder, { recursive: true }),
    };
  };

secretStoreContract(
  "files",
  open("file", (root) => openFileSecrets({ root })),
  FACTS,
);

// A program says that there is nothing by printing nothing.
const command = ["sh", "-c", 'if [ -e "$1" ]; then cat -- "$1"; fi', "sh", "{path}"];
const variables = { PATH: process.env.PATH ?? "" };
secretStoreContract(
  "programs",
  open("own", (folder) => openCommandSecrets({ folder, scheme: "own", variables, command })),
  FACTS,
);
