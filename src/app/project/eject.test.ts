import { execFileSync } from "node:child_process";
import { statSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { parse } from "dotenv";
import fc from "fast-check";
import { afterEach, describe, expect, test } from "vitest";
import type { Plan } from "../../model/operation.ts";
import { type App, openApp } from "../app.ts";
import type { Context, StepContext } from "../definition.ts";
import { operation } from "./eject.ts";
import { markedFileStep } from "./new-file-step.ts";
import { openProjectScene, type ProjectScene } from "./scene.fixture.ts";

let scene: ProjectScene;
afterEach(() => scene.remove());

const MANIFEST = `project: shop
environments: { development: {}, production: {} }
layers: ["{env}.yaml"]
settings:
  GREETING: {}
  LIMIT: { type: integer }
  DB_PASSWORD: { secret: true }
  DB_URL: {}
`;
const FILES = {
  "ringfence.yaml": MANIFEST,
  "development.yaml": "GREETING: it's\nLIMIT: 1\nDB_PASSWORD: Planted.dev\n",
  "production.yaml": `GREETING: hello\nLIMIT: 2\nDB_PASSWORD: Planted.prod\nDB_URL: mysql://\${DB_PASSWORD}\n`,
};

test("one plain file for each environment, without secrets; all else stays", async () => {
  scene = openProjectScene(FILES);
  const { answer, exit } = await scene.run("eject");
  expect(exit).toBe(0);
  expect(answer).toMatchObject({
    folder: "ejected",
    files: [
      { path: "ejected/development.env", settings: 2, secretsLeftOut: ["DB_PASSWORD"] },
      { path: "ejected/production.env", settings: 2, secretsLeftOut: ["DB_PASSWORD", "DB_URL"] },
    ],
  });
  const {
    "ejected/development.env": development,
    "ejected/production.env": production,
    "ejected/README.md": page,
    ...rest
  } = scene.files();
  expect(rest).toEqual(FILES);
  expect(page).toContain("To remove Ringfence");
  expect(parse(development!)).toEqual({ GREETING: "it's", LIMIT: "1" });
  expect(parse(production!)).toEqual({ GREETING: "hello", LIMIT: "2" });
});

test("secrets only where they are asked for, in a file of the owner's, and recorded by name", async () => {
  scene = openProjectScene(FILES);
  await scene.run("eject", { environment: "production", input: { secrets: true, to: "out/plain" } });
  expect(parse(scene.read("out/plain/production.env"))).toMatchObject({
    DB_PASSWORD: "Planted.prod",
    DB_URL: "mysql://Planted.prod",
  });
  expect(statSync(join(scene.folder, "out/plain/production.env")).mode & 0o777).toBe(0o600);
  const { answer } = await scene.run("operation list");
  const [{ id }] = answer as [{ id: string }];
  const { answer: shown } = await scene.run("operation show", { input: { id } });
  expect(JSON.stringify(shown)).toContain("DB_PASSWORD");
  expect(JSON.stringify(shown)).not.toContain("Planted");
});

test("git adds nothing of a folder that has secrets", async () => {
  scene = openProjectScene(FILES);
  const git = (...words: string[]) => execFileSync("git", words, { cwd: scene.folder, encoding: "utf8" });
  git("init", "-q");
  const input = { secrets: true, to: "out/plain" };
  const { answer } = await scene.run("eject", { environment: "production", input, dryRun: true });
  expect(JSON.stringify(answer)).toContain("make out/plain/.gitignore");
  await scene.run("eject", { environment: "production", input });
  expect(scene.read("out/plain/.gitignore")).toBe("*\n");
  git("add", "--all");
  expect(git("ls-files")).not.toContain("out/");
  await scene.run("eject", { input: { to: "open" } });
  expect(scene.files()).not.toHaveProperty("open/.gitignore");
});

test("a plan is no longer true once a layer, a declaration or an environment is another", async () => {
  scene = openProjectScene(FILES);
  const app = () => openApp({ folder: scene.folder });
  const context = () => ({ app: app(), named: undefined }) as unknown as Context;
  const input = { to: "ejected", secrets: false };
  const plan = { ...(await operation.plan(context(), input)), digest: "" } as unknown as Plan;
  const changed = () => operation.changed!(context(), plan);
  expect(await changed()).toBeUndefined();
  for (const [path, text] of [
    ["production.yaml", "GREETING: bye\n"],
    ["ringfence.yaml", MANIFEST.replace("GREETING: {}", "GREETING: { doc: Hello }")],
    ["ringfence.yaml", MANIFEST.replace("development: {}, ", "")],
  ] as const) {
    scene.write({ [path]: text });
    expect(await changed()).toMatch(/configuration of|no environment/);
    scene.write(FILES);
    expect(await changed()).toBeUndefined();
  }
});

describe("taken back", () => {
  const step = (text: () => string) => {
    const app = { project: { root: scene.folder } } as App;
    const made = markedFileStep(app, "out/a.env", async () => text(), 0o600);
    const at = (operation: string) => ({ operation }) as StepContext;
    return { run: () => made.run!(at("op-1")), undo: (by = "op-1") => made.undo!(at(by)) };
  };
  const gone = () => {
    throw new Error("the configuration can't be read any more");
  };

  test("what the operation made, whatever the configuration is by then", async () => {
    scene = openProjectScene({});
    await step(() => "A=1\n").run();
    await step(() => "A=1\n").run();
    expect(scene.read("out/a.env")).toMatch(/^# .* op-1, .*\nA=1\n$/);
    await step(gone).undo();
    expect(scene.files()).toEqual({});
    await step(gone).undo();
  });

  test("not what another one made, nor what somebody changed or put there", async () => {
    scene = openProjectScene({});
    await step(() => "A=1\n").run();
    const own = scene.read("out/a.env");
    await step(gone).undo("op-2");
    expect(scene.read("out/a.env")).toBe(own);
    for (const text of [`${own}B=2\n`, "A=1\n", ""]) {
      scene.write({ "out/a.env": text });
      await step(gone).undo();
      expect(scene.read("out/a.env")).toBe(text);
    }
    await expect(step(() => "A=2\n").run()).rejects.toMatchObject({ code: "APP_FILE_EXISTS" });
  });
});

describe("refused, and nothing is written", () => {
  const rows: readonly (readonly [
    string,
    Record<string, string>,
    Record<string, unknown>,
    string,
    string?,
  ])[] = [
    ["production's secrets unnamed", {}, { secrets: true }, "APP_BAD_INPUT"],
    ["a folder outside", {}, { to: "../elsewhere" }, "APP_BAD_INPUT"],
    ["the root itself", {}, { to: "." }, "APP_BAD_INPUT"],
    ["a file that is there", { "ejected/production.env": "mine" }, {}, "APP_FILE_EXISTS"],
    ["a page that is there", { "ejected/README.md": "mine" }, {}, "APP_FILE_EXISTS"],
    [
      "rules for git that are there",
      { "out/.gitignore": "mine" },
      { secrets: true, to: "out" },
      "APP_FILE_EXISTS",
      "development",
    ],
    [
      "a layer that is missing",
      { "ringfence.yaml": MANIFEST.replace("{env}.yaml", "{env}.yml") },
      {},
      "CONFIG_INVALID",
    ],
    [
      "a program's layer that nobody trusts here",
      {
        "ringfence.yaml": MANIFEST.replace('["{env}.yaml"]', '["{env}.yaml", { module: more.mjs }]'),
        "more.mjs": "",
      },
      {},
      "CONFIG_INVALID",
    ],
    ["a reference to nothing", { "development.yaml": `GREETING: \${NONE}\n` }, {}, "CONFIG_INVALID"],
    [
      "a secret's value in a plain setting",
      { "development.yaml": "GREETING: Planted.dev\nDB_PASSWORD: Planted.dev\n" },
      {},
      "CONFIG_EXPORT_LEAK",
    ],
    [
      "a text that no .env file holds",
      { "development.yaml": 'GREETING: "a\'b`c\\"d\\re\\\\"\n' },
      {},
      "CONFIG_INEXPRESSIBLE",
    ],
    ["an environment that is not there", {}, {}, "ENV_UNKNOWN", "prodution"],
  ];
  test.each(rows.map(([name, ...row]) => ({ name, row })))("$name", async ({ row }) => {
    const [more, input, code, environment] = row;
    scene = openProjectScene({ ...FILES, ...more });
    const before = scene.files();
    const options = environment === undefined ? { input } : { input, environment };
    await expect(scene.run("eject", options)).rejects.toMatchObject({ code });
    expect(scene.files()).toEqual(before);
  });

  test("a folder that is a link out of the project", async () => {
    scene = openProjectScene(FILES);
    symlinkSync("/tmp", join(scene.folder, "ejected"));
    await expect(scene.run("eject")).rejects.toMatchObject({ code: "APP_UNREADABLE" });
  });

  test("a dry run", async () => {
    scene = openProjectScene(FILES);
    const { answer } = await scene.run("eject", { dryRun: true });
    expect(JSON.stringify(answer)).toContain("make ejected/production.env: 2 settings, without DB_PASSWORD");
    expect(scene.files()).toEqual(FILES);
  });
});

test("an ejected file gives the same texts to the dotenv package, whatever they are, or is not written", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.string({ unit: fc.constantFrom(..."ab'\"`\\#$ =\n\r\t{}ü"), maxLength: 12 }),
      async (text) => {
        scene = openProjectScene({
          "ringfence.yaml": "project: shop\nenvironments: { development: {} }\nlayers: [a.json]\n",
          "a.json": JSON.stringify({ A: text.replaceAll("${", () => "$${"), B: "after" }),
        });
        try {
          await scene.run("eject", { input: {} });
          expect(parse(scene.read("ejected/development.env"))).toEqual({ A: text, B: "after" });
        } catch (error) {
          expect(error).toMatchObject({ code: "CONFIG_INEXPRESSIBLE" });
        } finally {
          scene.remove();
        }
      },
    ),
    { numRuns: 60 },
  );
});
