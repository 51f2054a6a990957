/** What differs between two revisions of an environment: files, keys by name, and values where they may be shown. */
import type { Digest } from "../base/digest.ts";
import { redact } from "../base/redact.ts";
import { type KeyChange, type LayerChange, layerChanges } from "../config/index.ts";
import type { RevisionDifference } from "../contract/revision.ts";
import { secretKind } from "../inspection/index.ts";
import { environmentOf, layersFor, type Project } from "../model/project.ts";
import type { RevisionContent, RevisionFile } from "../model/revision.ts";
import type { SettingValue } from "../model/setting.ts";

const LONGEST_SHOWN = 40;
const NOT_SHOWN = "(not shown)";
/** User and password in a URL (RFC 3986, 3.2.1); a password that was not escaped may have a slash. */
const CREDENTIALS = /:\/\/[^\s@]*@/;

/** Finds the bytes of a file that a revision has. */
export type Texts = (digest: Digest) => Promise<Uint8Array>;

function pathsThatDiffer(before: RevisionContent | undefined, after: RevisionContent): string[] {
  const digests = (files: readonly RevisionFile[] = []) =>
    new Map(files.map(({ path, digest }) => [path, digest]));
  const [old, now] = [digests(before?.files), digests(after.files)];
  return [...new Set([...now.keys(), ...old.keys()])].filter(
    (path) => (old.get(path) ?? null) !== (now.get(path) ?? null),
  );
}

/** The change of one layer's file. Undefined for a file that is no layer any more: nobody can say how it is read. */
async function layerChange(
  project: Project,
  environment: string,
  file: { readonly path: string; readonly before: Digest | null; readonly after: Digest | null },
  texts: Texts,
): Promise<LayerChange | undefined> {
  const owner = environmentOf(project, environment);
  const layers = owner ? layersFor(project, owner) : [];
  const declaration = layers.find(({ path }) => path === file.path)?.declaration;
  if (!declaration) return undefined;
  const text = async (digest: Digest | null) =>
    digest === null ? undefined : Buffer.from(await texts(digest)).toString("utf8");
  return {
    declaration,
    path: file.path,
    before: await text(file.before),
    after: await text(file.after),
  };
}

/** The keys that a file sets differently. @throws what `texts` throws */
export async function keyChanges(
  project: Project,
  environment: string,
  file: { readonly path: string; readonly before: Digest | null; readonly after: Digest | null },
  texts: Texts,
): Promise<readonly KeyChange[]> {
  const change = await layerChange(project, environment, file, texts);
  return change ? layerChanges(change, project.settings) : [];
}

/** What a revision changed. @param before undefined: it is the first. */
export async function differenceOf(
  project: Project,
  before: RevisionContent | undefined,
  after: RevisionContent,
  texts: Texts,
): Promise<RevisionDifference> {
  const files = pathsThatDiffer(before, after);
  const digestIn = (content: RevisionContent | undefined, path: string) =>
    content?.files.find((file) => file.path === path)?.digest ?? null;
  const keys = new Set<string>();
  for (const path of files) {
    const file = { path, before: digestIn(before, path), after: digestIn(after, path) };
    for (const { name } of await keyChanges(project, after.environment, file, texts)) keys.add(name);
  }
  return {
    keys: [...keys],
    files,
    secrets: (before?.secrets.digest ?? null) !== after.secrets.digest,
    schema: before !== undefined && before.schema !== after.schema,
  };
}

function valueText(name: string, value: SettingValue): string {
  const text = redact(typeof value === "string" ? value : JSON.stringify(value));
  if (CREDENTIALS.test(text) || secretKind(name, text) !== undefined) return NOT_SHOWN;
  return text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}…` : JSON.stringify(text).slice(1, -1);
}

function inBrackets(text: string): string {
  return text === NOT_SHOWN ? text : `(${text})`;
}

/**
 * One change for people. Only values of settings that are declared, and not as a secret, are shown: what is not
 * declared may have been a secret when it was written. What looks like a credential is not shown either.
 */
export function describeChange(project: Project, { name, before, after }: KeyChange): string {
  const declaration = project.settings.find((candidate) => candidate.name === name);
  const isShown = declaration !== undefined && !declaration.secret;
  if (before === undefined) return `${name} added${isShown ? ` ${inBrackets(valueText(name, after!))}` : ""}`;
  if (after === undefined)
    return `${name} removed${isShown ? ` ${inBrackets(valueText(name, before))}` : ""}`;
  if (!isShown) return `${name} changed`;
  const [former, now] = [valueText(name, before), valueText(name, after)];
  return former === now ? `${name} changed` : `${name} ${former} → ${now}`;
}
