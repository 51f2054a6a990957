/** Settings by a schema of another library: zod stands for whatever speaks Standard Schema. */
import { describe, expect, expectTypeOf, test } from "vitest";
import * as z from "zod";
import { loadSettings, Secret } from "../../src/settings/index.ts";

const schema = z.object({
  PORT: z.coerce.number().int().max(65_535),
  LEVEL: z.enum(["debug", "info"]).default("info"),
  TOKEN: z
    .string()
    .min(8)
    .transform((text) => new Secret("TOKEN", text)),
});
const told = {
  RINGFENCE_ENVIRONMENT: "staging",
  RINGFENCE_SETTINGS: '{"PORT":"port","TOKEN":"secret string"}',
};

test("a schema of another library types the settings and gives what it makes of them", () => {
  const settings = loadSettings(schema, { PORT: "8080", TOKEN: "long-enough", OTHER: "x" });
  expectTypeOf(settings.PORT).toEqualTypeOf<number>();
  expectTypeOf(settings.LEVEL).toEqualTypeOf<"debug" | "info">();
  expect({ ...settings, TOKEN: settings.TOKEN.open() }).toEqual({
    PORT: 8080,
    LEVEL: "info",
    TOKEN: "long-enough",
  });
  expect(Object.isFrozen(settings)).toBe(true);
});

describe("what does not fit", () => {
  const failure = (given: unknown, variables: Record<string, string>): { code?: string; message: string } => {
    try {
      loadSettings(given as typeof schema, variables);
    } catch (error) {
      return error as { code: string; message: string };
    }
    throw new Error("nothing was thrown");
  };

  test("is said all at once, and of a secret only that it does not fit", () => {
    const { code, message } = failure(schema, { ...told, PORT: "99999", TOKEN: "short" });
    expect(code).toBe("SETTINGS_INVALID");
    expect(message).toMatch(
      /2 settings[\s\S]*PORT does not fit its schema: .*65535[\s\S]*TOKEN does not fit its schema$/,
    );
  });

  test("is never said with its value, also where the schema would", () => {
    const telling = z.object({
      NAME: z.string().refine(() => false, { error: (issue) => `${issue.input} is bad` }),
    });
    for (const variables of [
      { NAME: "hunter22" },
      { ...told, RINGFENCE_SETTINGS: '{"NAME":"string"}', NAME: "hunter22" },
    ]) {
      expect(failure(telling, variables).message).not.toContain("hunter22");
    }
  });

  test("so is what is missing, and a schema that answers only later", () => {
    expect(failure(schema, { PORT: "1" }).message).toContain("TOKEN is missing");
    const later = {
      "~standard": { version: 1, vendor: "x", validate: () => Promise.resolve({ value: {} }) },
    };
    expect(failure(later, {}).code).toBe("SETTINGS_INVALID");
  });
});
