/** Who may open an environment's secrets: by the manifest, by the file, and where the two differ. */
import { join } from "node:path";
import { isRingfenceError } from "../base/error.ts";
import { formatPlace } from "../base/place.ts";
import type { HolderView, RecipientsView } from "../contract/secrets.ts";
import type { Finding } from "../model/finding.ts";
import { type Environment, expandTemplate } from "../model/project.ts";
import { listSecrets } from "../secrets/index.ts";
import type { App } from "./app.ts";
import { readTextIfThere } from "./project.ts";
import { serviceKeysIn } from "./service-keys.ts";

/** Somebody that the manifest knows by this recipient, wherever it stands. */
function knownBy({ project }: App, recipient: string): Pick<HolderView, "name" | "kind"> {
  const person = project.people.find((one) => one.recipient === recipient);
  if (person) return { name: person.name, kind: "person" };
  const machine = project.machines.find((one) => one.recipient === recipient);
  return machine ? { name: machine.name, kind: "machine" } : { name: recipient, kind: "unknown" };
}

/** @throws SECRETS_MALFORMED, SECRETS_UNSUPPORTED */
export function holdersOfSecrets(app: App, environment: Environment): RecipientsView {
  const file = expandTemplate(app.project.secretsPath, environment);
  const text = readTextIfThere(join(app.project.root, file));
  const inFile = text === undefined ? undefined : listSecrets(text, { file }).recipients;
  const declared = environment.recipients.map((recipient): HolderView => {
    const entries = environment.holders.filter((one) => one.recipient === recipient);
    const { name, kind } = entries[0]!;
    const state = inFile === undefined || inFile.includes(recipient) ? "in" : "missing";
    return { name, kind, recipient, via: entries.map(({ via }) => via), state };
  });
  const surplus = (inFile ?? [])
    .filter((recipient) => !environment.recipients.includes(recipient))
    .map((recipient): HolderView => ({ ...knownBy(app, recipient), recipient, via: [], state: "surplus" }));
  const keys = (text === undefined ? [] : serviceKeysIn(text, file)).map(({ id }): HolderView => {
    const isDeclared = environment.keys.includes(id);
    const via = isDeclared ? [id] : [];
    return { name: id, kind: "key", recipient: id, via, state: isDeclared ? "in" : "surplus" };
  });
  return {
    environment: environment.name,
    file,
    isThere: text !== undefined,
    holders: [...declared, ...surplus, ...keys],
  };
}

function fixFor({ name }: Environment, { holders }: RecipientsView, state: HolderView["state"]): string {
  const command = `ringfence secret recipients apply -e ${name}`;
  const keys = holders.filter((one) => one.kind === "key" && one.state === state).map((one) => one.recipient);
  return keys.length === 0
    ? command
    : `${command} --drop-keys   # where one is meant, add to environments.${name} in the manifest instead: keys: ${JSON.stringify(keys)}`;
}

/** What a check says where file and manifest let different people in. A file that can't be read is said elsewhere. */
export function holderFindings(app: App, environment: Environment): Finding[] {
  let view: RecipientsView;
  try {
    view = holdersOfSecrets(app, environment);
  } catch (error) {
    if (isRingfenceError(error) && error.code.startsWith("SECRETS_")) return [];
    throw error;
  }
  const finding = (state: HolderView["state"], says: string, severity: Finding["severity"]): Finding[] => {
    const names = view.holders.filter((one) => one.state === state).map(({ name }) => name);
    if (names.length === 0) return [];
    return [
      {
        code: "SECURITY_RECIPIENTS",
        severity,
        setting: undefined,
        where: formatPlace(environment.place),
        why: `${view.file} ${says} ${names.join(", ")}`,
        fix: fixFor(environment, view, state),
      },
    ];
  };
  return [
    ...finding("surplus", "is still encrypted to who may not open it any more:", "error"),
    ...finding("missing", "is not yet encrypted to", "warning"),
  ];
}
