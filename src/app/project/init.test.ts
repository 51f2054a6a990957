import { mkdirSync, readdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import type { InitView } from "../../contract/project.ts";
import { type Files, openProjectScene, type ProjectScene } from "./scene.fixture.ts";

let scene: ProjectScene;
afterEach(() => scene.remove());

const lines = (...all: string[]) => `${all.join("\n")}\n`;

async function init(files: Files, input: Record<string, unknown> = {}): Promise<InitView> {
  scene = openProjectScene(files);
  return (await scene.run("init", { input })).answer as InitView;
}

/** The text of every setting, as `config show` has it. */
async function shown(environment: string): Promise<Record<string, string>> {
  const { answer } = await scene.run("config export", {
    environment,
    input: { format: "json", secrets: true },
  });
  return Object.fromEntries(
    Object.entries(JSON.parse((answer as { text: string }).text)).map(([name, value]) => [
      name,
      typeof value === "object" ? JSON.stringify(value) : String(value),
    ]),
  );
}

interface Row {
  readonly files: Files;
  readonly layers: readonly string[];
  /** Lines under environments. */
  readonly environments: readonly string[];
  /** By environment: some of its values. */
  readonly values?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

const tfvars = (cidr: string, size: number) =>
  lines(`vpc_cidr = "${cidr}"`, "zones = [", '  "us-east-1a",', '  "us-east-1b"', "]", `storage = ${size}`);
const COMPOSE = lines("services:", "  api:", "    env_file: .env");

/** The layouts of the systems that Ringfence was designed after, and of the usual frameworks. */
const layouts: Readonly<Record<string, Row>> = {
  "a root .env, environments' folders with .env and settings.yml": {
    files: {
      VERSION: "2.2.8",
      ".env": lines("AIRTABLE_TIMEOUT=30", "LAYERED=shared"),
      "config/environments/dev/.env": lines("WEBHOOK_PORT=5001", "LAYERED=own"),
      "config/environments/dev/settings.yml": lines("logging:", "  level: DEBUG"),
      "config/environments/prod/.env": lines("WEBHOOK_PORT=5000"),
      "src/automation/config_dev.py": "raise SystemExit('never run')",
    },
    layers: [".env?", "config/environments/{short}/settings.yml?", "config/environments/{short}/.env"],
    environments: [
      "development: { kind: development, short: dev }",
      "production: { kind: production, short: prod }",
    ],
    values: {
      development: { LAYERED: "own", LOGGING_LEVEL: "DEBUG", AIRTABLE_TIMEOUT: "30", WEBHOOK_PORT: "5001" },
      production: { LAYERED: "shared", AIRTABLE_TIMEOUT: "30", WEBHOOK_PORT: "5000" },
    },
  },
  "base.yml under an environment's file": {
    files: {
      "base.yml": lines("database: { pool_size: 10, timeout: 30000 }", "list: [1, 2]"),
      "staging.yml": lines("database: { pool_size: 20 }"),
      "production.yml": lines("database: { pool_size: 50, ssl: require }", "list: [3]"),
    },
    layers: ["base.yml", '"{env}.yml"'],
    environments: ["staging: { kind: staging }", "production: { kind: production }"],
    values: {
      staging: { DATABASE_POOL_SIZE: "20", DATABASE_TIMEOUT: "30000", LIST: "[1,2]" },
      production: {
        DATABASE_POOL_SIZE: "50",
        DATABASE_TIMEOUT: "30000",
        DATABASE_SSL: "require",
        LIST: "[3]",
      },
    },
  },
  "an .env file by environment beside Terraform's variables": {
    files: {
      "infrastructure/terraform/environments/dev/terraform.tfvars": tfvars("10.1.0.0/16", 20),
      "infrastructure/terraform/environments/production/terraform.tfvars": tfvars("10.0.0.0/16", 100),
      ".env.development": lines("LOG_LEVEL=DEBUG"),
      ".env.production": lines("LOG_LEVEL=INFO", "REGION=eu"),
    },
    layers: [".env.{env}", "infrastructure/terraform/environments/{short}/terraform.tfvars"],
    environments: ["development: { kind: development, short: dev }", "production: { kind: production }"],
    values: {
      development: {
        LOG_LEVEL: "DEBUG",
        VPC_CIDR: "10.1.0.0/16",
        STORAGE: "20",
        ZONES: '["us-east-1a","us-east-1b"]',
      },
      production: { LOG_LEVEL: "INFO", REGION: "eu", VPC_CIDR: "10.0.0.0/16" },
    },
  },
  ".env beside a compose file": {
    files: {
      "environments/development/.env": lines(
        "DB_HOST=db.example.com",
        'GREETING="a\\"b" # said',
        `URL=http://\${DB_HOST}`,
      ),
      "environments/development/docker-compose.yml": COMPOSE,
      "environments/production/.env": lines("DB_HOST=prod.example.com"),
      "environments/production/docker-compose.yml": COMPOSE,
    },
    layers: ["environments/{env}/.env"],
    environments: ["development: { kind: development }", "production: { kind: production }"],
    values: {
      development: { GREETING: 'a"b', URL: "http://db.example.com" },
      production: { DB_HOST: "prod.example.com" },
    },
  },
  "values that the dotenv package reads otherwise than we do": {
    files: {
      ".env.development": lines("A=one#two", "B='it's'", 'C="x\\ty"', "D=$A"),
      ".env.production": lines("A=plain"),
    },
    layers: ['{ path: ".env.{env}", dialect: dotenv }'],
    environments: ["development: { kind: development }", "production: { kind: production }"],
  },
  "a dollar sign that refers to nothing": {
    files: { ".env.development": lines("A=pa$word"), ".env.production": lines("A=x") },
    layers: [".env.{env}"],
    environments: ["development: { kind: development }", "production: { kind: production }"],
    values: { development: { A: "pa$word" } },
  },
  ".NET's capital letters": {
    files: {
      "appsettings.json": '{ "Logging": { "Level": "Info" } }',
      "appsettings.Development.json": '{ "Logging": { "Level": "Debug" } }',
      "appsettings.Production.json": '{ "Logging": { "Level": "Warning" } }',
    },
    layers: [
      "appsettings.json",
      "{ path: appsettings.Development.json, only: [development] }",
      "{ path: appsettings.Production.json, only: [production] }",
    ],
    environments: ["development: { kind: development }", "production: { kind: production }"],
    values: { development: { LOGGING_LEVEL: "Debug" }, production: { LOGGING_LEVEL: "Warning" } },
  },
  "only .env: this machine's": {
    files: { ".env": "A=1\n", "package.json": '{ "name": "@acme/web-shop" }' },
    layers: [".env"],
    environments: ["local: { kind: local }"],
    values: { local: { A: "1" } },
  },
  "a map over which a value is laid, versions, nothing": {
    files: {
      "config/default.yaml": lines("version: 1.10", "nothing:", "count: 007", "flag: yes"),
      "config/production.yaml": lines("version: 1.20"),
    },
    layers: ["config/default.yaml", "config/{env}.yaml"],
    environments: ["production: { kind: production }"],
  },
};

describe("a manifest is written and proven", () => {
  test.each(Object.entries(layouts))("%s", async (_name, { files, layers, environments, values = {} }) => {
    const view = await init(files);
    const text = scene.read("ringfence.yaml");
    expect(text).toBe(view.text);
    const block = (name: string) =>
      new RegExp(`^${name}:\n((?: .*\n)*)`, "m").exec(text)![1]!.trimEnd().split("\n");
    expect(block("environments").map((line) => line.trim())).toEqual(environments);
    const written = block("layers").map((line) => line.replace("  - ", ""));
    expect(written.map((line) => line.replace(/\{ path: "(.*)", dialect: compose \}/, "$1"))).toEqual(layers);
    for (const [environment, some] of Object.entries(values))
      expect(await shown(environment)).toMatchObject(some);
    for (const { name } of view.environments) {
      expect((await scene.run("config show", { environment: name })).exit).toBe(0);
    }
    const { "ringfence.yaml": _manifest, ...rest } = scene.files();
    expect(rest).toEqual(files);
    expect(readdirSync(scene.folder)).not.toContain(".ringfence");
  });
});

describe("what is told", () => {
  test.each<[Files, object, string]>([
    [{}, { reader: "dotenv", followed: { name: "URL", to: "HOST" } }, "http://a.test"],
    [
      { "package.json": '{ "dependencies": { "dotenv": "1", "next": "1" } }' },
      { followed: { name: "URL", to: "HOST" } },
      "http://a.test",
    ],
    [
      { "package.json": '{ "dependencies": { "dotenv": "1" } }' },
      { reader: "dotenv", followed: null },
      "http://$HOST",
    ],
    [{ "compose.yaml": COMPOSE }, { reader: "compose", followed: null }, "http://a.test"],
  ])("who is taken to follow references: %j", async (files, expected, url) => {
    const view = await init({ ...files, ".env.development": "HOST=a.test\nURL=http://$HOST\n" });
    expect(view).toMatchObject(expected);
    expect(await shown("development")).toMatchObject({ URL: url });
  });

  test("secrets in plain stay where they are and are counted, with the next command", async () => {
    const view = await init({
      ".env.development": "DB_PASSWORD=one-of-ours\n",
      ".env.production": "DB_PASSWORD=two-of-ours\n",
    });
    expect(view.settings.secrets).toBe(1);
    expect(view.environments.map(({ errors, warnings }) => [errors, warnings])).toEqual([
      [{}, 1],
      [{ SETTING_SECRET_IN_PLAIN: 1 }, 0],
    ]);
    expect(view.next[0]).toBe("ringfence config check -e production");
    expect((await scene.run("config check", { environment: "production" })).exit).toBe(3);
    expect(JSON.stringify(view)).not.toMatch(/one1|two2/);
  });

  test("names that can't be declared are named, a line of a broken key is not", async () => {
    const view = await init({
      ".env.development": lines(
        "my.key=1",
        "KEY=-----BEGIN RSA PRIVATE KEY-----",
        "MIIEpAIBAAKCAQEA7bzX9t2LmWQ4kRvYp3ZsNfG8hJ=",
        "ENVIRONMENT=development",
      ),
    });
    expect(view.settings.undeclared.map(({ name }) => name)).toEqual([
      "my.key",
      "[name not shown]",
      "ENVIRONMENT",
    ]);
    expect(scene.read("ringfence.yaml")).not.toContain("MIIE");
    expect(JSON.stringify(view)).not.toContain("MIIE");
  });

  test("what is no layer is said", async () => {
    const view = await init({
      ".env.production": "A=1\n",
      "docker-compose.prod.yml": COMPOSE,
      "apps/b/.env.production": "A=2\n",
      "prod/terraform.tfvars": 'a = "3"\n',
      "secrets/production.yaml": "B: ENC[AES256_GCM,data:x]\nsops: {}\n",
    });
    expect(view.layers.map(({ path }) => path)).toEqual([".env.{env}"]);
    expect(view.leftOut.map(({ path }) => path).sort()).toEqual([
      "apps/b/.env.production",
      "docker-compose.prod.yml",
      "prod/terraform.tfvars",
      "secrets/production.yaml",
    ]);
  });

  test("a name that tells no kind gets the strictest", async () => {
    const view = await init({ "environments/dev/.env": "A=1\n", "environments/acme/.env": "A=2\n" });
    expect(view.environments.find(({ name }) => name === "acme")).toMatchObject({
      kind: "production",
      certain: false,
    });
  });
});

const DEV = { ".env.development": "A=1\n" };

/** Nothing may be written where the answer is an error. */
const refusals: readonly (readonly [string, Files, string, Record<string, unknown>?])[] = [
  ["a manifest is there", { ...DEV, "ringfence.yaml": "no manifest" }, "APP_MANIFEST_EXISTS"],
  ["nothing is there", { "README.md": "" }, "APP_NOTHING_TO_ADOPT"],
  ["two applications", { "apps/a/.env.dev": "A=1\n", "apps/b/.env.dev": "A=2\n" }, "APP_NOTHING_TO_ADOPT"],
  ["a file that is no text", { ...DEV, ".env.production": new Uint8Array([65, 61, 0, 1]) }, "APP_UNREADABLE"],
  ["broken YAML", { "config/production.yaml": "a: [", "config/development.yaml": "a: 1" }, "APP_UNREADABLE"],
  [
    "broken JSON",
    { "config/production.json": '{ "a": "Planted.1" ', "config/development.json": "{}" },
    "APP_UNREADABLE",
  ],
  [
    "a reference that only YAML's tool knows",
    { "config/production.yaml": `a: \${DB:localhost}\n`, "config/development.yaml": "a: 1" },
    "APP_VALUES_DIFFER",
  ],
  ["two keys of one name", { "config/production.yaml": "a_b: 1\na: { b: 2 }\n" }, "APP_VALUES_DIFFER"],
  ["a file to leave out that is not there", DEV, "APP_BAD_INPUT", { without: ["x"] }],
];

describe("refused, and nothing is written", () => {
  test.each(refusals.map(([name, ...row]) => ({ name, row })))(
    "$name",
    async ({ row: [files, code, input = {}] }) => {
      scene = openProjectScene(files);
      const before = scene.files();
      const error = await scene
        .run("init", { input: { ...input, gitignore: true } })
        .catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ code });
      expect(JSON.stringify(error)).not.toContain("Planted");
      expect(scene.files()).toEqual(before);
    },
  );

  test("a link that leads out of the folder", async () => {
    scene = openProjectScene(DEV);
    symlinkSync("/etc/hostname", join(scene.folder, ".env.production"));
    await expect(scene.run("init")).rejects.toMatchObject({ code: "APP_UNREADABLE" });
    expect(Object.keys(scene.files())).toEqual([".env.development", ".env.production"]);
  });

  test("a link in the manifest's place is not written through", async () => {
    scene = openProjectScene(DEV);
    symlinkSync("elsewhere", join(scene.folder, "ringfence.yaml"));
    const before = scene.files();
    const { "ringfence.yaml": link } = before;
    expect(link).toBe("-> elsewhere");
    await expect(scene.run("init", { input: { gitignore: true } })).rejects.toMatchObject({
      code: "APP_MANIFEST_EXISTS",
    });
    expect(scene.files()).toEqual(before);
  });

  test("an environment can't be named", async () => {
    scene = openProjectScene(DEV);
    await expect(scene.run("init", { environment: "dev" })).rejects.toMatchObject({ code: "APP_BAD_INPUT" });
  });
});

test("a dry run shows the text and writes nothing", async () => {
  scene = openProjectScene(DEV);
  const { answer } = await scene.run("init", { dryRun: true, input: { gitignore: true } });
  expect(answer).toMatchObject({ written: false, text: expect.stringContaining("project: shop") });
  expect(scene.files()).toEqual(DEV);
});

test("what was left out as told is out, and the rest is proven", async () => {
  const view = await init(
    { ...DEV, ".env.production": new Uint8Array([0]) },
    { without: [".env.production"] },
  );
  expect(view.environments.map(({ name }) => name)).toEqual(["development"]);
  expect(view.leftOut).toMatchObject([{ path: ".env.production" }]);
});

test("the line of .gitignore is added once, with the file's own line ends", async () => {
  const view = await init({ ...DEV, ".gitignore": "node_modules\r\ndist" }, { gitignore: true });
  expect(view.ignored).toBe(true);
  expect(scene.read(".gitignore")).toBe("node_modules\r\ndist\r\n.ringfence/\r\n");
});

test("here is a folder inside a project of its own", async () => {
  scene = openProjectScene({ VERSION: "", "apps/a/.env.dev": "A=1\n", "apps/b/.env.dev": "A=2\n" });
  mkdirSync(join(scene.folder, ".git"));
  const { answer } = await scene.run("init", { folder: join(scene.folder, "apps/a"), input: { here: true } });
  expect(answer).toMatchObject({ project: "a", manifest: join(scene.folder, "apps/a/ringfence.yaml") });
});
