/** The proof of isolation over a copy of the example: nothing is found in it as it stands, and each planted contamination is. */

import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { IsolationView } from "../../src/contract/isolation.ts";
import { openSeed, type SeedScene } from "../seeds/seed-scene.ts";
import { append, env, PLANTED, plantIn, settings } from "./planted-contaminations.ts";

const EXAMPLE = fileURLToPath(new URL("../../examples/taskmanager/", import.meta.url));
const ENVIRONMENTS = ["development", "staging", "production"] as const;

let scene: SeedScene;
let kept: string;

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { encoding: "utf8", recursive: true }).filter((path) =>
    statSync(join(folder, path)).isFile(),
  );
}

/** The whole scene, with the home folder beside the project. */
const around = () => dirname(scene.root);

beforeAll(async () => {
  const paths = filesBelow(EXAMPLE).filter((path) => /^(config|ringfence\.yaml)/.test(path));
  scene = openSeed(
    Object.fromEntries(paths.map((path) => [path, readFileSync(join(EXAMPLE, path), "utf8")])),
  );
  plantIn(scene);
  await scene.must("me init --name ada");
  for (const environment of ENVIRONMENTS) {
    await scene.must(`identity create -e ${environment}`);
    const secrets = {
      JWT_SECRET_KEY: `planted-signing-key-of-${environment}-0123456789`,
      SMTP_USERNAME: `mailer-${environment}`,
      SMTP_PASSWORD: `planted-password-of-${environment}`,
      SENTRY_DSN: `https://planted${environment}@sentry.example/1`,
    };
    for (const [name, input] of Object.entries(secrets)) {
      await scene.must(`secret set ${name} -e ${environment}`, { input });
    }
  }
  kept = mkdtempSync(join(tmpdir(), "ringfence-kept-"));
  cpSync(around(), kept, { recursive: true });
}, 60_000);

beforeEach(() => {
  rmSync(around(), { recursive: true });
  cpSync(kept, around(), { recursive: true });
});

afterAll(() => {
  scene.remove();
  rmSync(kept, { recursive: true });
});

async function prove(words = ""): Promise<{ view: IsolationView; exit: number }> {
  const { answer, exit, error } = await scene.command(`isolation ${words}`.trim());
  if (error) throw error;
  expect(JSON.stringify(answer)).not.toContain("planted");
  return { view: answer as IsolationView, exit };
}

/** `CODE kind SUBJECT where | SUBJECT where`, of all pairs. */
function found({ pairs }: IsolationView): string[] {
  return pairs
    .flatMap(({ contaminations }) => contaminations)
    .map(({ code, kinds, places }) => {
      const sides = places.map(({ environment, subject, where }) => `${environment} ${subject} ${where}`);
      return [code, kinds[0], sides.join(" | ")].join(" ");
    });
}

describe("the example", () => {
  test("as it stands shares nothing, and says what was compared", async () => {
    const { view, exit } = await prove();
    expect({ exit, verdict: view.verdict, found: found(view) }).toEqual({
      exit: 0,
      verdict: "isolated",
      found: [],
    });
    expect(view.pairs.map(({ between }) => between.join(" "))).toEqual([
      "development staging",
      "development production",
      "staging production",
    ]);
    for (const { parts } of view.compared) {
      expect(parts).toMatchObject({
        credential: 4,
        file: 1,
        folder: 2,
        network: 1,
        cron: 1,
        port: 2,
        recipient: 1,
      });
    }
  });

  test("with one identity missing its pairs are unknown, the others are not", async () => {
    rmSync(join(around(), "home/identities/taskmanager/production.txt"));
    const { view, exit } = await prove();
    expect(exit).toBe(3);
    expect(
      Object.fromEntries(view.pairs.map(({ between, verdict }) => [between.join(" "), verdict])),
    ).toEqual({
      "development staging": "isolated",
      "development production": "unknown",
      "staging production": "unknown",
    });
  });

  test("with a secrets file that is refused it is unknown", async () => {
    scene.write("secrets/staging.yaml", scene.read("secrets/development.yaml"));
    const { view, exit } = await prove("-e staging");
    expect({ exit, verdicts: view.pairs.map(({ verdict }) => verdict) }).toEqual({
      exit: 3,
      verdicts: ["unknown", "unknown"],
    });
  });

  test("a setting without the value that it needs makes it unknown", async () => {
    scene.write(env("staging"), scene.read(env("staging")).replace("SMTP_HOST=smtp.sendgrid.net\n", ""));
    expect((await prove("-e staging")).view.pairs.map(({ verdict }) => verdict)).toEqual([
      "unknown",
      "unknown",
    ]);
  });
});

describe("planted in a copy of the example, and found with both places", () => {
  test.each(Object.keys(PLANTED))("%s", async (name) => {
    const { plant, expected } = PLANTED[name]!;
    await plant();
    const { view, exit } = await prove();
    expect({ found: found(view), exit }).toEqual({ found: expected(), exit: 3 });
  });
});

describe("an exception", () => {
  const allow = (text: string) =>
    append("ringfence.yaml", `\nisolation:\n  allow:\n    - { between: [staging, development], ${text} }\n`);
  const plant = () =>
    settings("AIRTABLE_BASE_ID: {}", { development: "app67yWFv0hKdl6jM", staging: "app67yWFv0hKdl6jM" });

  test.each([
    ["excuses what it names", "setting: AIRTABLE_BASE_ID, reason: a test, until: 2099-12-31", 0, []],
    [
      "counts no more when it has ended",
      "setting: AIRTABLE_BASE_ID, reason: a test, until: 2020-01-31",
      3,
      ["ISOLATION_EXPIRED"],
    ],
    [
      "excuses nothing else",
      "setting: SMTP_HOST, reason: a test, until: 2099-12-31",
      3,
      ["ISOLATION_UNUSED"],
    ],
    ["can be about a resource", "resource: cron, reason: a test, until: 2099-12-31", 3, ["ISOLATION_UNUSED"]],
  ])("%s", async (_name, text, exit, codes) => {
    plant();
    allow(text);
    const proof = await prove();
    expect({ exit: proof.exit, codes: proof.view.exceptions.map(({ code }) => code) }).toEqual({
      exit,
      codes,
    });
  });

  test.each([
    ["without a reason", "setting: SMTP_HOST, until: 2099-12-31", "MANIFEST_MISSING"],
    ["without an end", "setting: SMTP_HOST, reason: a test", "MANIFEST_MISSING"],
    ["with an end that is no day", "setting: SMTP_HOST, reason: a test, until: soon", "MANIFEST_VALUE"],
  ])("%s is refused", async (_name, text, code) => {
    allow(text);
    const { error } = await scene.command("isolation").catch((thrown) => ({ error: thrown }));
    expect(JSON.stringify(error)).toContain(code);
  });
});
