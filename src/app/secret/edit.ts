/** `ringfence secret edit`: an environment's secrets in the person's own editor. What changed is shown by name only. */
import { dirname } from "node:path";
import * as z from "zod";
import type { RingfenceError } from "../../base/error.ts";
import { shellWord } from "../../base/shell-word.ts";
import { parseSecretsText, secretsText, unwritableSecrets } from "../../secrets/index.ts";
import { type Context, defineOperation } from "../definition.ts";
import { appErrors } from "../errors.ts";
import { NOTHING_TO_WRITE, planValues } from "../rekeyed-secrets.ts";
import { readSecrets, type SecretsState } from "../resolution.ts";
import { assertWritable, valuesOf } from "../secrets-change.ts";
import { assertKeptHere } from "./kept-here.ts";
import { assertNonePending } from "./pending-rotation.ts";
import { REKEYING, rekeyAnswer } from "./rekey.ts";

type Values = Readonly<Record<string, string>>;

interface Edited {
  readonly text: string;
  readonly values: Values;
}

/** What was edited in this process, until it ends: nothing but the person has it before it is written. */
const edits = new WeakMap<Context, string>();

/** An editor that is a program may make the same mistake for ever. */
const MOST_TIMES = 20;

const headOf = (environment: string): string[] => [
  `The secrets of ${environment}.`,
  "One NAME=value a line, to the end of the line; or a JSON string in double quotes, also for an empty value.",
  "Delete a line to take a secret out. Nothing is written where nothing is changed.",
];

function notEdited({ environment }: Context, why: string): Error {
  return appErrors.APP_SECRET_INPUT({
    what: `the secrets of ${environment.name} were not edited`,
    why,
    fix: `EDITOR=vi ringfence secret edit -e ${environment.name}`,
  });
}

/** The text with what is wrong with it above, in place of what was wrong before. */
function withMistakes(text: string, mistakes: readonly string[]): string {
  const told = text.replace(/^(?:# mistake: .*\n)+/, "");
  return [...mistakes.map((mistake) => `# mistake: ${mistake}\n`), told].join("");
}

/** What an edited text says, where all of it can also be written; or its mistakes. */
function readEdited(text: string, file: string): ReturnType<typeof parseSecretsText> {
  const read = parseSecretsText(text);
  if (!read.ok) return read;
  const mistakes = unwritableSecrets(read.values, file);
  return mistakes.length > 0 ? { ok: false, mistakes } : read;
}

/** Opens the editor until what it leaves can be written, so that no edit is lost. Who leaves the mistakes wants out. */
async function editedText(context: Context, file: string, text: string, times = 1): Promise<Edited> {
  const answer = await context.app.editor.edit(text, `${context.environment.name}.env`);
  if (!answer.ok) throw notEdited(context, answer.why);
  const read = readEdited(answer.text, file);
  if (read.ok) return { text: answer.text, values: read.values };
  const isLeft = answer.text === text || times === MOST_TIMES;
  if (isLeft) throw notEdited(context, `${read.mistakes.join("; ")}; and that was left as it is`);
  return editedText(context, file, withMistakes(answer.text, read.mistakes), times + 1);
}

/** What `secret set` and `secret unset` refuse. @throws REFERENCE_UNWRITABLE, ROTATION_PENDING */
async function assertAllowed(context: Context, secrets: SecretsState, after: Values): Promise<void> {
  const before = valuesOf(secrets.opened);
  for (const [name, value] of Object.entries(after))
    if (!Object.hasOwn(before, name) || before[name] !== value) assertKeptHere(context, name, value, secrets);
  const gone = Object.keys(before).filter((name) => !Object.hasOwn(after, name));
  await assertNonePending(context, secrets, gone);
}

/** By name only. */
function changesOf(before: Values, after: Values): string[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return names.flatMap((name) => {
    if (!Object.hasOwn(before, name)) return [`add ${name}`];
    if (!Object.hasOwn(after, name)) return [`take ${name} out`];
    return before[name] === after[name] ? [] : [`replace ${name}`];
  });
}

/**
 * The same failure, with where the edit is kept and how it is taken up again: by an editor that only copies. Where it
 * can't be kept either, that is said.
 */
function keepEdit(context: Context, error: RingfenceError): RingfenceError {
  const text = edits.get(context);
  if (text === undefined) return error;
  const { app, environment } = context;
  const kept = app.editor.keep(text, `${environment.name}.env`);
  if (!kept.ok) return error.with({ why: `and the edit is lost: ${kept.why}` });
  const [path, folder] = [shellWord(kept.path), shellWord(dirname(kept.path))];
  return error.with({
    why: `nothing of the edit is lost: it is kept in ${kept.path}, which only you can read`,
    fix: `VISUAL=${shellWord(`cp ${path}`)} ringfence secret edit -e ${environment.name} && rm -r ${folder}   # or only the rm, to throw it away`,
  });
}

export const operation = defineOperation({
  name: "secret edit",
  summary: "Edit an environment's secrets in your editor; what changed is shown by name",
  scope: "environment",
  input: z.object({}),
  async plan(context) {
    const { app, environment } = context;
    const secrets = readSecrets(app, environment);
    assertWritable(context, secrets);
    const before = valuesOf(secrets.opened);
    const head = headOf(environment.name);
    const { text, values: after } = await editedText(context, secrets.file, secretsText(before, head));
    const changes = changesOf(before, after);
    if (changes.length > 0) edits.set(context, text);
    await assertAllowed(context, secrets, after);
    const planned = changes.length > 0 ? await planValues(context, secrets, after) : NOTHING_TO_WRITE;
    const notes = changes.length > 0 ? changes : ["nothing was changed"];
    return {
      summary: `edit the secrets of ${environment.name}`,
      environment: environment.name,
      effects: changes.length > 0 ? changes.map((change) => `${change} in ${secrets.file}`) : notes,
      facts: JSON.parse(JSON.stringify({ ...planned, notes, reason: context.reason ?? "secret edit" })),
    };
  },
  ...REKEYING,
  rescue: keepEdit,
  answer: async (_context, record) => rekeyAnswer(record),
});
