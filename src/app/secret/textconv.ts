/**
 * `ringfence secret textconv FILE`: what git shows of a secrets file in a diff: which names changed, never a value. A
 * value is shown as a keyed fingerprint, which is the same for the same value; where nothing here opens the file, as a
 * digest of its ciphertext, which also changes when the file is encrypted anew.
 */
import { resolve } from "node:path";
import * as z from "zod";
import { digestOfBytes, shortDigest } from "../../base/digest.ts";
import { isRingfenceError } from "../../base/error.ts";
import { deriveKey } from "../../base/seal.ts";
import type { Environment } from "../../model/project.ts";
import { fingerprint, listSecrets, openSecrets } from "../../secrets/index.ts";
import type { App } from "../app.ts";
import { defineQuery } from "../definition.ts";
import { openersFor } from "../identities.ts";
import { readNamedText } from "../project.ts";

interface Opened {
  readonly environment: string;
  readonly revision: number;
  readonly lines: readonly string[];
}

/** Git hands over a copy with a name of its own, so the file says itself whose it is. */
function openAs(app: App, environment: Environment, text: string, file: string): Opened | undefined {
  const expect = { project: app.project.name, environment: environment.name };
  try {
    const { identities, dataKey, isShut, kind } = openersFor(app, environment, { file, text });
    const first = identities[0] ?? dataKey;
    if (isShut || first === undefined) return undefined;
    const opened = openSecrets(text, { file, expect, identities, dataKey });
    app.opened(environment, opened, kind);
    const { values, binding } = opened;
    const key = deriveKey(first, `fingerprint:${app.project.name}`);
    const lines = values.map(({ name, value }) => `${name}: ${fingerprint(key, value, name)}`);
    return { environment: environment.name, revision: binding.revision, lines };
  } catch (error) {
    if (isRingfenceError(error)) return undefined;
    throw error;
  }
}

function openAny(app: App, text: string, file: string): Opened | undefined {
  for (const environment of app.project.environments) {
    const opened = openAs(app, environment, text, file);
    if (opened) return opened;
  }
  return undefined;
}

/** Names, with a digest of the line that each stands on. */
function sealed(text: string, file: string): string[] {
  const rows = text.split(/\r?\n/);
  return listSecrets(text, { file }).names.map(
    ({ name, place }) => `${name}: sealed ${shortDigest(digestOfBytes(rows[place.line - 1] ?? ""))}`,
  );
}

function whose({ project }: App, recipient: string): string {
  const owner = [...project.people, ...project.machines].find((one) => one.recipient === recipient);
  return owner ? `${owner.name} (${recipient})` : recipient;
}

function described(app: App, text: string, path: string): string {
  // The copy's ending is the file's own; what stands before it is not.
  const file = path.split("/").at(-1)!;
  const { recipients, signature } = listSecrets(text, { file });
  const opened = openAny(app, text, file);
  return [
    ...(opened ? [`# ${opened.environment}, revision ${opened.revision}`] : ["# nothing here opens it"]),
    ...(opened?.lines ?? sealed(text, file)),
    ...recipients.map((one) => `# for ${whose(app, one)}`),
    signature ? `# signed by ${signature.person}, not verified here` : "# not signed",
  ].join("\n");
}

export const query = defineQuery({
  name: "secret textconv",
  summary: "Show a secrets file without its values, for git diff, which calls it itself (secret git-setup)",
  scope: "project",
  input: z.object({ file: z.string().meta({ position: 0, description: "the file, or git's copy of it" }) }),
  async run({ app }, { file }): Promise<{ readonly text: string }> {
    const text = readNamedText(resolve(file));
    try {
      return { text: described(app, text, file) };
    } catch (error) {
      // A file with conflict marks, or of before it was encrypted: a diff must still say something.
      if (!isRingfenceError(error)) throw error;
      return { text: `# ${error.code}: this is no secrets file that can be read (${digestOfBytes(text)})` };
    }
  },
});
