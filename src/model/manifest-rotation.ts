/** The rotation of secrets in the manifest: its shape, what is made of it, and the mistakes that only its setting can tell. */
import * as z from "zod";
import { parseDuration } from "../base/units.ts";
import { FORMATS } from "./manifest-formats.ts";
import { GENERATORS, type GeneratorName, type Rotation, type RotationProgram } from "./rotation.ts";

const duration = z.string().regex(FORMATS.duration.pattern);
const period = z.string().regex(FORMATS.period.pattern);
const MANUAL = "manual";
/** How long a program may take where the manifest says nothing. */
const PROGRAM_MS = 30_000;

const program = z.strictObject({
  command: z
    .array(z.string().min(1))
    .min(1)
    .describe("Run without a shell, once it is trusted; {env} stands for the environment's name."),
  timeout: duration.optional().describe("How long it may take; 30s where left out."),
});

/** What stands under `rotate` of a secret. */
export const rotationSchema = z.union([
  period,
  z.strictObject({
    every: period.optional().describe("How old a value may get, such as 30d; manual where left out."),
    generate: z
      .enum(GENERATORS)
      .optional()
      .describe("What makes new values; a person gives them where left out."),
    length: z
      .int()
      .min(1)
      .max(16_384)
      .optional()
      .describe("Characters of a password, bytes of a key, bits of an RSA key."),
    overlap: duration
      .optional()
      .describe("How long the former value is kept, and given to applications as NAME_PREVIOUS."),
    hook: program
      .optional()
      .describe("Makes the new value count where it is checked: gets both as JSON on standard input."),
    verify: program
      .optional()
      .describe(
        "Tries the new value, which it finds under the setting's name; exit code 0 means that it works.",
      ),
  }),
]);

type RotationData = z.output<typeof rotationSchema>;

/** Fewest and most that `length` may be. */
const LENGTHS: Readonly<Partial<Record<GeneratorName, readonly [fewest: number, most: number]>>> = {
  password: [16, 1_024],
  key: [16, 1_024],
  hex: [16, 1_024],
  jwt: [32, 1_024],
  rsa: [2_048, 16_384],
};

function programOf(data: z.output<typeof program> | undefined): RotationProgram | undefined {
  if (data === undefined) return undefined;
  const { command, timeout } = data;
  return { command, timeoutMs: timeout === undefined ? PROGRAM_MS : parseDuration(timeout)! };
}

function everyOf(text: string): number | undefined {
  return text === MANUAL ? undefined : parseDuration(text);
}

function rotationOf(data: RotationData): Rotation {
  const told = typeof data === "string" ? { every: data } : data;
  const { every = MANUAL, generate, length, overlap = "0s", hook, verify } = told;
  return {
    everyMs: everyOf(every),
    generate,
    length,
    overlapMs: parseDuration(overlap)!,
    hook: programOf(hook),
    verify: programOf(verify),
  };
}

/** Reports a mistake in `rotate` and what mends it. */
type Refuse = (why: string, fix: string) => void;

/** What is wrong with a length, and what mends it; undefined where it is right. */
function lengthMistake(
  generate: GeneratorName | undefined,
  length: number,
): readonly [string, string] | undefined {
  const allowed = generate && LENGTHS[generate];
  if (!generate) return ["length is about what is generated", "write generate: password, or delete length"];
  if (!allowed) return [`what ${generate} makes has a length of its own`, "delete length"];
  const [fewest, most] = allowed;
  if (length >= fewest && length <= most) return undefined;
  return [`length ${length} is out of bounds for ${generate}`, `write a length from ${fewest} to ${most}`];
}

/** What a setting says of its rotation; undefined where it says nothing, or has none. */
export function rotationIn(
  { rotate, secret }: { readonly rotate?: RotationData | undefined; readonly secret?: boolean | undefined },
  refuse: Refuse,
): Rotation | undefined {
  if (rotate === undefined) return undefined;
  if (secret !== true) {
    refuse("only a secret is rotated", "write secret: true, or delete rotate");
    return undefined;
  }
  const rotation = rotationOf(rotate);
  const { everyMs, overlapMs, generate, length } = rotation;
  if (everyMs === 0) refuse("a value can't be due at once", "write rotate: 30d, or manual");
  else if (everyMs !== undefined && overlapMs >= everyMs)
    refuse(
      "the former value would be kept until the next rotation",
      "write an overlap that is shorter than every",
    );
  const mistake = length === undefined ? undefined : lengthMistake(generate, length);
  if (mistake) refuse(...mistake);
  return rotation;
}
