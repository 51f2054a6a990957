/**
 * What ties a secrets file to one project and environment: an encrypted leaf under the file's MAC, with a
 * revision that grows with every write. SOPS itself has no such thing.
 */
import { formatPlace } from "../base/place.ts";
import { secretsErrors } from "./errors.ts";
import { pastsToKeep, readPasts, type SecretPasts } from "./past.ts";
import { malformed } from "./sops/document.ts";
import type { OpenedValue } from "./sops/file.ts";

/** Name of the leaf; it is no secret of the application. */
export const BINDING_NAME = "RINGFENCE_BINDING";

export interface SecretsBinding {
  readonly project: string;
  readonly environment: string;
  /** Grows by one with every write; 0 only for a file without a binding. */
  readonly revision: number;
}

/** Where the file is expected to belong. */
export type Expectation = Omit<SecretsBinding, "revision">;

/** The leaf's content, with what is kept beside the values. @throws RangeError for a revision that is no whole number from 1. */
export function bindingText(
  { project, environment, revision }: SecretsBinding,
  pasts: SecretPasts = new Map(),
): string {
  if (!Number.isSafeInteger(revision) || revision < 1) throw new RangeError(`${revision} is no revision`);
  return JSON.stringify({ project, environment, revision, pasts: pastsToKeep(pasts) });
}

function isBinding(value: unknown): value is SecretsBinding {
  if (typeof value !== "object" || value === null) return false;
  const { project, environment, revision } = value as Partial<SecretsBinding>;
  return (
    typeof project === "string" &&
    typeof environment === "string" &&
    Number.isSafeInteger(revision) &&
    revision! >= 1
  );
}

/** The binding among opened leaves; undefined when there is none. @throws SECRETS_MALFORMED */
export function bindingOf(values: readonly OpenedValue[]): SecretsBinding | undefined {
  const found = values.find(({ leaf }) => leaf.name === BINDING_NAME);
  if (!found) return undefined;
  try {
    const binding: unknown = JSON.parse(found.text);
    if (isBinding(binding)) {
      const { project, environment, revision } = binding;
      return { project, environment, revision };
    }
  } catch {
    // Said below, without the content.
  }
  throw malformed(found.leaf.place, `${BINDING_NAME} is no binding {project, environment, revision}`);
}

/** What is kept beside the values among opened leaves; nothing where there is no binding. @throws SECRETS_MALFORMED */
export function pastsOf(values: readonly OpenedValue[]): SecretPasts {
  const found = values.find(({ leaf }) => leaf.name === BINDING_NAME);
  if (!found) return new Map();
  const pasts = readPasts((JSON.parse(found.text) as { readonly pasts?: unknown }).pasts);
  if (pasts) return pasts;
  throw malformed(found.leaf.place, `what ${BINDING_NAME} says of former values can't be read`);
}

/** @throws SECRETS_WRONG_ENVIRONMENT */
export function assertBelongs(
  binding: SecretsBinding,
  expect: Expectation,
  values: readonly OpenedValue[],
): void {
  if (binding.project === expect.project && binding.environment === expect.environment) return;
  const { place } = values.find(({ leaf }) => leaf.name === BINDING_NAME)!.leaf;
  throw secretsErrors.SECRETS_WRONG_ENVIRONMENT({
    what: `these are the secrets of ${binding.project}/${binding.environment}, not of ${expect.project}/${expect.environment}`,
    where: formatPlace(place),
    why: "the file was copied, renamed or merged from another environment",
    fix: `git log --oneline -- ${place.file}   # then: git restore --source=COMMIT ${place.file}`,
    details: { binding, expected: expect },
  });
}

/**
 * Refuses a file that is older than one seen before. Equal is no replay: two branches may both have written the
 * same revision; compare digests to tell them apart.
 *
 * @throws SECRETS_REPLAYED
 */
export function assertNotReplayed(
  opened: { readonly binding: SecretsBinding; readonly file: string },
  lastSeenRevision: number,
): void {
  const { binding, file } = opened;
  if (binding.revision >= lastSeenRevision) return;
  throw secretsErrors.SECRETS_REPLAYED({
    what: `the secrets of ${binding.environment} are at revision ${binding.revision}; revision ${lastSeenRevision} was seen before`,
    where: file,
    why: "an older file was put back, so secrets that were changed or revoked would return",
    fix: `git log --oneline -- ${file}   # then: git restore --source=COMMIT ${file}; or, where the older one is meant: ringfence secret accept -e ${binding.environment} --reason "<why>"`,
    details: { revision: binding.revision, lastSeenRevision },
  });
}
