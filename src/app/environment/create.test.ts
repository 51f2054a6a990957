import { afterEach, describe, expect, test } from "vitest";
import type { CreatedEnvironmentView } from "../../contract/environment.ts";
import { openProjectScene, type ProjectScene } from "../project/scene.fixture.ts";

const MANIFEST = `# our shop
project: shop
environments:
  development: { short: dev, hosts: [dev-*], ports: { api: 4101 } } # everybody's
  production: {}
layers: [base.env, "env/{env}.env", "all.env?"]
settings:
  LEVEL: { type: enum, values: [debug, info], required: true }
  DATABASE: { type: url, required: true }
  DB_PASSWORD: { secret: true, required: true }
  PIN: { secret: true }
services: { api: { entry: api.ts } }
templates:
  preview:
    doc: for one branch
    parameters:
      branch: { pattern: "[a-z0-9-]+", doc: the branch that it shows }
      port: { default: 4900 }
      level: { default: debug }
      approvals: { default: 0 }
    environment: { kind: preview, hosts: ["{branch}-*"], ports: { api: "{port}" }, policies: { approvals: "{approvals}" } }
    files:
      "env/{env}.env": |
        # {branch}, called {short}
        LEVEL={level}
        DATABASE=postgres://shop:\${DB_PASSWORD}@db.shop.test/{env}
  bare: { environment: { kind: testing } }
  unfilled: { environment: { kind: testing, hosts: ["{brunch}-*"] }, parameters: { branch: { default: a } } }
  colliding: { environment: { kind: testing, hosts: ["dev-*"] }, files: { "env/{env}.env": "LEVEL=info\\nDATABASE=sqlite://a" } }
  thief: { environment: { kind: testing }, files: { "env/{env}.env": "LEVEL=info\\nDATABASE=sqlite://a\\nDB_PASSWORD=x1y2" } }
  common: { environment: { kind: testing }, files: { "all.env": "LEVEL=info" } }
  twice: { environment: { kind: testing }, files: { "base.env": "A=1" } }
  outside: { environment: { kind: testing }, parameters: { to: { default: ../x } }, files: { "{to}": "A=1" } }
`;
const FILES = {
  "ringfence.yaml": MANIFEST,
  "base.env": "",
  "env/development.env": "LEVEL=debug\nDATABASE=sqlite://a\n",
  "env/production.env": "LEVEL=info\nDATABASE=sqlite://b\n",
};

let scene: ProjectScene;
afterEach(() => scene.remove());

test("an environment from a template is there at once, but for its secrets", async () => {
  scene = openProjectScene(FILES);
  const { answer, exit } = await scene.run("env create", {
    input: { name: "pr-7", template: "preview", set: ["branch=login", "port=4907"] },
  });
  expect(exit).toBe(0);
  expect(answer).toMatchObject({
    environment: "pr-7",
    kind: "preview",
    files: ["env/pr-7.env"],
    secrets: ["DB_PASSWORD"],
    next: [
      "ringfence identity create -e pr-7",
      "ringfence secret set DB_PASSWORD -e pr-7",
      "ringfence config check -e pr-7",
    ],
  });
  expect(scene.read("env/pr-7.env")).toBe(
    `# login, called pr-7\nLEVEL=debug\nDATABASE=postgres://shop:\${DB_PASSWORD}@db.shop.test/pr-7\n`,
  );
  const added = scene
    .read("ringfence.yaml")
    .split("\n")
    .filter((line) => !MANIFEST.split("\n").includes(line));
  expect(added.join("\n")).toContain("pr-7");
  for (const line of MANIFEST.split("\n")) expect(scene.read("ringfence.yaml").split("\n")).toContain(line);
  const { answer: list } = await scene.run("env list");
  expect(JSON.stringify(list)).toContain("pr-7");
  await scene.run("identity create", { environment: "pr-7" });
  await scene.run("secret set", { environment: "pr-7", input: { name: "DB_PASSWORD" }, value: "Planted.7" });
  const check = await scene.run("config check", { environment: "pr-7" });
  expect(check.exit).toBe(0);
});

test("without a template only the entry is made", async () => {
  scene = openProjectScene({ "ringfence.yaml": "project: shop\nenvironments: { development: {} }\n" });
  const { answer } = await scene.run("env create", { input: { name: "qa", kind: "testing" } });
  expect((answer as CreatedEnvironmentView).next).toEqual(["ringfence config check -e qa"]);
  expect((await scene.run("config check", { environment: "qa" })).exit).toBe(0);
});

describe("refused, and nothing is written", () => {
  const rows: readonly (readonly [string, Record<string, unknown>, string])[] = [
    [
      "a name that is there",
      { name: "production", template: "preview", set: ["branch=a"] },
      "APP_ENVIRONMENT_EXISTS",
    ],
    ["a short name that is there", { name: "dev", template: "thief" }, "APP_MANIFEST_INVALID"],
    ["a name that is none", { name: "PR 7", template: "preview" }, "APP_BAD_INPUT"],
    ["no such template", { name: "pr-7", template: "previw" }, "APP_BAD_INPUT"],
    ["a parameter that is missing", { name: "pr-7", template: "preview" }, "APP_BAD_INPUT"],
    ["a parameter that is unknown", { name: "pr-7", template: "preview", set: ["brnch=a"] }, "APP_BAD_INPUT"],
    [
      "a parameter that does not fit",
      { name: "pr-7", template: "preview", set: ["branch=A B"] },
      "APP_BAD_INPUT",
    ],
    [
      "a parameter with a line end",
      { name: "pr-7", template: "preview", set: ["branch=a", "level=a\nB=1"] },
      "APP_BAD_INPUT",
    ],
    [
      "a parameter twice",
      { name: "pr-7", template: "preview", set: ["branch=a", "branch=b"] },
      "APP_BAD_INPUT",
    ],
    ["a parameter without a template", { name: "pr-7", kind: "preview", set: ["a=b"] }, "APP_BAD_INPUT"],
    ["no kind at all", { name: "pr-7" }, "APP_MANIFEST_INVALID"],
    [
      "a port that is taken",
      { name: "pr-7", template: "preview", set: ["branch=a", "port=4101"] },
      "APP_MANIFEST_INVALID",
    ],
    [
      "a port that is none",
      { name: "pr-7", template: "preview", set: ["branch=a", "port=many"] },
      "APP_MANIFEST_INVALID",
    ],
    ["a host that is taken", { name: "pr-7", template: "colliding" }, "APP_MANIFEST_INVALID"],
    [
      "a value that does not fit",
      { name: "pr-7", template: "preview", set: ["branch=a", "level=loud"] },
      "APP_TEMPLATE_UNFIT",
    ],
    ["settings that are missing", { name: "pr-7", template: "bare" }, "APP_TEMPLATE_UNFIT"],
    ["a brace that is not filled", { name: "pr-7", template: "unfilled" }, "APP_TEMPLATE_UNFIT"],
    ["a secret in plain", { name: "pr-7", template: "thief" }, "APP_TEMPLATE_UNFIT"],
    ["a file of others", { name: "pr-7", template: "common" }, "APP_FILE_EXISTS"],
    ["a file that is there", { name: "pr-7", template: "twice" }, "APP_FILE_EXISTS"],
    ["a file outside", { name: "pr-7", template: "outside" }, "APP_TEMPLATE_UNFIT"],
  ];
  test.each(rows)("%s", async (_name, input, code) => {
    scene = openProjectScene(FILES);
    await expect(scene.run("env create", { input })).rejects.toMatchObject({ code });
    expect(scene.files()).toEqual(FILES);
  });

  test("a dry run", async () => {
    scene = openProjectScene(FILES);
    const input = { name: "pr-7", template: "preview", set: ["branch=a"] };
    const { answer } = await scene.run("env create", { input, dryRun: true });
    expect(JSON.stringify(answer)).toContain("make env/pr-7.env");
    expect(scene.files()).toEqual(FILES);
  });
});
