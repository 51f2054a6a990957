/** One failure, shown as the policies of the environment want it: with all detail, or for who is on call. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { CatalogueItem, CommandModule } from "../../src/app/catalogue.ts";
import type { Operation } from "../../src/app/definition.ts";
import { appErrors } from "../../src/app/errors.ts";
import { type Answer, runCommand } from "../../src/app/host.ts";
import { isRingfenceError, type RingfenceError } from "../../src/base/error.ts";
import { rememberSecret } from "../../src/base/redact.ts";
import { renderError } from "../../src/cli/render/error.ts";

const MANIFEST = `project: shop
environments:
  development: { policies: { escalation: [nobody] } }
  staging:
  production: { policies: { escalation: [on call, "#platform"] } }
layers: []
settings: { A: { required: true } }
`;

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "ringfence-incident-"));
  writeFileSync(join(root, "ringfence.yaml"), MANIFEST);
});

afterEach(() => rmSync(root, { recursive: true }));

const anything = { safeParse: (data: unknown) => ({ success: true as const, data: data as never }) };

const FACE = { name: "boat sink", summary: "Sink", scope: "environment" as const, input: anything };

/** Runs a command of this module as the command line would. */
function running(environment: string, module: CommandModule): Promise<Answer> {
  const command: CatalogueItem = {
    ...FACE,
    form: module.query ? "query" : "operation",
    environmentFlag: null,
    explicit: false,
    positionals: [],
    flags: [],
    load: async () => module,
  };
  return runCommand({
    command,
    catalogue: [command],
    input: {},
    folder: root,
    environment,
    as: undefined,
    reason: undefined,
    force: undefined,
    dryRun: false,
    variables: { RINGFENCE_HOME: join(root, "home") },
    readInput: async () => "",
    progress: () => {},
    warn: () => {},
  });
}

const failure = (environment: string, work: () => unknown): Promise<unknown> =>
  running(environment, { query: { ...FACE, run: async () => work() } }).then(
    () => undefined,
    (error: unknown) => error,
  );

const incidents = (): string[] => {
  try {
    return readdirSync(join(root, ".ringfence", "incidents"));
  } catch {
    return [];
  }
};

describe("the same bug", () => {
  const bug = () => {
    throw new TypeError("hull.length of undefined");
  };

  test("shows its stack where errors are detailed, and nothing is kept", async () => {
    const error = await failure("development", bug);
    expect(error).toBeInstanceOf(TypeError);
    expect(incidents()).toEqual([]);
  });

  test("shows a code, who is asked next and what to do where they are operational", async () => {
    const error = (await failure("production", bug)) as RingfenceError;
    expect(isRingfenceError(error, "APP_INTERNAL")).toBe(true);
    expect(error.escalation).toEqual(["on call", "#platform"]);
    const { incident } = error.details as { incident: string };
    for (const shown of [renderError(error), JSON.stringify(error)]) {
      expect(shown).not.toMatch(/hull|TypeError|incident\.test/);
      expect(shown).toContain(incident);
      expect(shown).toContain("on call");
    }
    expect(renderError(error)).toMatch(/escalate {2}on call → #platform$/);
    const file = join(root, ".ringfence", "incidents", `${incident}.txt`);
    const kept = readFileSync(file, "utf8");
    expect(kept).toMatch(/environment: production\ncommand: boat sink\n/);
    expect(kept).toMatch(/TypeError: hull\.length of undefined\n {4}at /);
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  test("says who nobody named where there is no path", async () => {
    const error = (await failure("staging", bug)) as RingfenceError;
    expect(error.escalation).toBeUndefined();
    expect(error.fix).toContain("policies.escalation");
  });

  test("is told also where its details can't be kept", async () => {
    writeFileSync(join(root, ".ringfence"), "");
    const error = (await failure("production", bug)) as RingfenceError;
    expect(error.code).toBe("APP_INTERNAL");
    expect(error.why).toContain("could not be kept");
  });

  test.each([
    ["development", /^hull/],
    ["production", /^incident inc_\w+: the details are kept in \.ringfence\/incidents\/inc_\w+\.txt$/],
  ])("in a step of an operation on %s is told the same way", async (environment, why) => {
    const operation: Operation = {
      ...FACE,
      anybody: true,
      plan: async () => ({ summary: "sink the boat", environment, effects: [], facts: {} }),
      steps: () => [{ key: "sink", title: "sink", run: async () => bug() }],
    };
    const { error } = await running(environment, { operation });
    expect(error?.code).toBe("OPERATION_FAILED");
    expect(error?.why).toMatch(why);
    expect(incidents()).toHaveLength(environment === "production" ? 1 : 0);
  });

  test("keeps no secret", async () => {
    rememberSecret("Planted-in-a-bug-1");
    await failure("production", () => {
      throw new Error("no login with Planted-in-a-bug-1");
    });
    const [file] = incidents();
    const text = readFileSync(join(root, ".ringfence", "incidents", file!), "utf8");
    expect(text).toContain("no login with [secret]");
  });
});

describe("the same expected failure", () => {
  const refused = () => {
    throw appErrors.APP_UNREADABLE({ what: "no boat", where: "sea", details: { boat: 1 } });
  };

  test("is itself where errors are detailed", async () => {
    expect(((await failure("development", refused)) as RingfenceError).escalation).toBeUndefined();
  });

  test("also says who is asked next where they are operational; no incident is kept", async () => {
    const error = (await failure("production", refused)) as RingfenceError;
    expect(error).toMatchObject({ code: "APP_UNREADABLE", where: "sea", details: { boat: 1 } });
    expect(JSON.parse(JSON.stringify(error)).error.escalation).toEqual(["on call", "#platform"]);
    expect(incidents()).toEqual([]);
  });

  test("bothers nobody with a mistake in the command line", async () => {
    const error = (await failure("production", () => {
      throw appErrors.APP_BAD_INPUT({ what: "no" });
    })) as RingfenceError;
    expect(error.escalation).toBeUndefined();
  });
});
