/**
 * `ringfence secret rotate NAME`: replaces secrets by new values, which are tried before they count. How, is told at the
 * top of rotation-steps.ts.
 */
import { generateKeyPairSync, randomBytes } from "node:crypto";
import * as z from "zod";
import { rememberSecret } from "../../base/redact.ts";
import { declarationIn } from "../../model/declaration.ts";
import type { SettingDeclaration } from "../../model/setting.ts";
import { typeValue } from "../../model/setting-value.ts";
import { newValue, type Random, rotationErrors } from "../../rotation/index.ts";
import { type Context, defineOperation } from "../definition.ts";
import { appErrors } from "../errors.ts";
import { readSecrets, type SecretsState } from "../resolution.ts";
import { assertWritable, valuesOf } from "../secrets-change.ts";
import { agesIn } from "./age-view.ts";
import { assertKnown } from "./known.ts";
import { assertForgettingReason } from "./pending-rotation.ts";
import { assertHere, declarationOf, planNothing, planReplacing, type Replacement } from "./rotation-facts.ts";
import { requireRotationTrust } from "./rotation-programs.ts";
import { REPLACING } from "./rotation-steps.ts";
import { readValue } from "./value-input.ts";

const RANDOM: Random = {
  bytes: (count) => randomBytes(count),
  privateKey(kind, bits) {
    const { privateKey } =
      kind === "rsa" ? generateKeyPairSync("rsa", { modulusLength: bits }) : generateKeyPairSync("ed25519");
    return privateKey.export({ type: "pkcs8", format: "pem" }).toString();
  },
};

interface Input {
  readonly names?: string | undefined;
  readonly due: boolean;
  readonly input: boolean;
}

/** Those that are due or older, or may be, and that something makes new values for. */
function dueNames({ app, environment }: Context): string[] {
  return agesIn(app, environment)
    .filter(({ state }) => state !== "current" && state !== "manual")
    .map(({ name }) => name)
    .filter((name) => declarationOf({ app }, name)?.rotation?.generate !== undefined);
}

/** @throws APP_BAD_INPUT */
function namesOf(context: Context, { names, due, input }: Input): string[] {
  const told = [...new Set((names ?? "").split(",").flatMap((one) => one.trim() || []))];
  const why = due
    ? told.length > 0 && "--due finds out by itself which are to be rotated"
    : told.length === 0
      ? "there is no name of a secret"
      : input && told.length > 1 && "standard input holds one value";
  if (!why) return due ? dueNames(context) : told;
  const { name } = context.environment;
  throw appErrors.APP_BAD_INPUT({
    what: "it is not clear what is to be rotated",
    where: "ringfence secret rotate",
    why,
    fix: `ringfence secret rotate ${told[0] ?? "--due"} -e ${name}`,
  });
}

/** @throws ROTATION_NO_GENERATOR, ROTATION_UNFIT */
function generatedValue(
  context: Context,
  declaration: SettingDeclaration | undefined,
  name: string,
  current: string,
) {
  const { environment } = context;
  const { generate, length } = declaration?.rotation ?? {};
  if (!declaration || !generate)
    throw rotationErrors.ROTATION_NO_GENERATOR({
      what: `nothing makes a new value for ${name}`,
      where: declaration ? `${declaration.place.file}:${declaration.place.line} settings.${name}` : name,
      why: "the manifest names no generator for it",
      fix: `printf %s "$VALUE" | ringfence secret rotate ${name} --input -e ${environment.name}   # or in the manifest: rotate: { generate: password }`,
    });
  const value = newValue({ generate, length, type: declaration.type }, current, RANDOM);
  if (value !== undefined) return value;
  throw rotationErrors.ROTATION_UNFIT({
    what: `no new value can be made from the one that ${name} has in ${environment.name}`,
    where: name,
    why: "it is a URL in which no password stands: scheme://user:password@host",
    fix: `printf %s "$VALUE" | ringfence secret rotate ${name} --input -e ${environment.name}`,
  });
}

/** @throws ROTATION_UNFIT for a value that the setting doesn't allow, or that it has already */
function assertFits(
  context: Context,
  declaration: SettingDeclaration | undefined,
  one: Replacement,
  current: string,
) {
  const { environment } = context;
  const typed =
    declaration && typeValue(declarationIn(declaration, environment), { value: one.value, text: one.value });
  const why =
    one.value === current
      ? "it is the one that it has"
      : typed && !typed.fits
        ? `expected ${typed.expected}`
        : undefined;
  if (why === undefined) return;
  throw rotationErrors.ROTATION_UNFIT({
    what: `the new value is none that ${one.name} can have in ${environment.name}`,
    where: one.name,
    why,
    fix: `printf %s "$VALUE" | ringfence secret rotate ${one.name} --input -e ${environment.name}`,
  });
}

/** @throws SECRETS_UNKNOWN, ROTATION_ELSEWHERE before anybody is asked for a value */
async function replacementOf(context: Context, secrets: SecretsState, name: string, input: boolean) {
  assertKnown(secrets, context.environment, name, "rotate");
  const current = valuesOf(secrets.opened)[name]!;
  assertHere(context, secrets, { name, value: current }, "current");
  const declaration = declarationOf(context, name);
  const value = input
    ? await readValue(context, name, `ringfence secret rotate ${name} --input`)
    : generatedValue(context, declaration, name, current);
  rememberSecret(value);
  const replacement: Replacement = { name, declaration, value };
  assertFits(context, declaration, replacement, current);
  return replacement;
}

export const operation = defineOperation({
  name: "secret rotate",
  summary: "Replace secrets by new values: kept as pending, made to count, tried, then current",
  scope: "environment",
  input: z.object({
    names: z
      .string()
      .optional()
      .meta({ position: 0, description: "the secret's name; several joined by commas" }),
    due: z.boolean().default(false).meta({ description: "all that are due or overdue, or of unknown age" }),
    input: z.boolean().default(false).meta({ description: "take the new value from standard input" }),
    "forget-pending": z.boolean().default(false).meta({
      description: "forget the new value of a rotation that can't be finished; needs --reason",
    }),
  }),
  async plan(context, input) {
    const secrets = readSecrets(context.app, context.environment);
    assertWritable(context, secrets);
    if (input["forget-pending"]) assertForgettingReason(context, input.names);
    const names = namesOf(context, input);
    if (names.length === 0) return planNothing(context, secrets, "rotate");
    requireRotationTrust(
      context,
      names.map((name) => declarationOf(context, name)),
    );
    const replacements: Replacement[] = [];
    for (const name of names) replacements.push(await replacementOf(context, secrets, name, input.input));
    return planReplacing(context, secrets, replacements, "rotate", input["forget-pending"]);
  },
  ...REPLACING,
});
