/** `ringfence secret edit`: an environment's secrets in the person's own editor. What changed is shown by name only. */
import * as z from "zod";
import { parseSecretsText, secretsText } from "../../secrets/index.ts";
import { type Context, defineOperation } from "../definition.ts";
import { appErrors } from "../errors.ts";
import { NOTHING_TO_WRITE, planValues } from "../rekeyed-secrets.ts";
import { readSecrets } from "../resolution.ts";
import { assertWritable, valuesOf } from "../secrets-change.ts";
import { REKEYING, rekeyAnswer } from "./rekey.ts";

type Values = Readonly<Record<string, string>>;

/** An editor that is a program may make the same mistake for ever. */
const MOST_TIMES = 20;

const headOf = (environment: string): string[] => [
  `The secrets of ${environment}.`,
  "One NAME=value a line, to the end of the line; or a JSON string in double quotes.",
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

/** Opens the editor until what it leaves can be read, so that no edit is lost. Who leaves the mistakes wants out. */
async function editedValues(context: Context, text: string, times = 1): Promise<Values> {
  const answer = await context.app.editor.edit(text, `${context.environment.name}.env`);
  if (!answer.ok) throw notEdited(context, answer.why);
  const read = parseSecretsText(answer.text);
  if (read.ok) return read.values;
  const isLeft = answer.text === text || times === MOST_TIMES;
  if (isLeft) throw notEdited(context, `${read.mistakes.join("; ")}; and that was left as it is`);
  return editedValues(context, withMistakes(answer.text, read.mistakes), times + 1);
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
    const after = await editedValues(context, secretsText(before, headOf(environment.name)));
    const changes = changesOf(before, after);
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
  answer: async (_context, record) => rekeyAnswer(record),
});
