import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Files, type FolderScene, openFolderScene } from "./scene.fixture.ts";

let scene: FolderScene;
beforeEach(() => {
  scene = openFolderScene({});
});
afterEach(() => scene.remove());

const lines = (...all: string[]) => `${all.join("\n")}\n`;

/** `environment key=shown` of the keys that differ, by layout: what was read, and whose it is. */
const layouts: Readonly<Record<string, readonly [files: Files, differs: readonly string[]]>> = {
  "node-config": [
    {
      "config/default.json": '{ "pool": { "size": 5 } }',
      "config/production.json": '{ "pool": { "size": 50 } }',
      "config/test.json": '{ "pool": { "size": 1 } }',
    },
    ["test POOL_SIZE=1", "production POOL_SIZE=50"],
  ],
  "a default under one environment": [
    { "config/default.toml": "[pool]\nsize = 5\n", "config/production.toml": "[pool]\nsize = 50\n" },
    ["base POOL_SIZE=5", "production POOL_SIZE=50"],
  ],
  ".NET, with a comment": [
    {
      "appsettings.json": '{\n  // how much is told\n  "Logging": { "Level": "Info" }\n}',
      "appsettings.Production.json": '\ufeff{ "Logging": { "Level": "Warning" } }',
    },
    ["base LOGGING_LEVEL=Info", "production LOGGING_LEVEL=Warning"],
  ],
  "Rails, with merge keys": [
    {
      "config/database.yml": lines(
        "default: &default",
        "  pool: 5",
        "development:",
        "  <<: *default",
        "production:",
        "  <<: *default",
        "  pool: 50",
      ),
    },
    ["development POOL=5", "production POOL=50"],
  ],
  "Helm, with lists of variables": [
    {
      "chart/values.yaml": lines("env:", "  - { name: LOG_LEVEL, value: debug }"),
      "chart/values-prod.yaml": lines("env:", "  - { name: LOG_LEVEL, value: info }"),
    },
    ["base ENV_LOG_LEVEL=debug", "production ENV_LOG_LEVEL=info"],
  ],
  "kustomize and Kubernetes, several documents in a file": [
    {
      "k8s/overlays/dev/config.yaml": lines(
        "apiVersion: v1",
        "kind: ConfigMap",
        "metadata: { name: api }",
        "data: { LOG_LEVEL: debug }",
        "---",
        "apiVersion: apps/v1",
        "kind: Deployment",
        "spec: { template: { spec: { containers: [{ name: api, env: [{ name: WORKERS, value: '1' }] }] } } }",
      ),
      "k8s/overlays/prod/config.yaml": lines(
        "apiVersion: v1",
        "kind: ConfigMap",
        "metadata: { name: api }",
        "data: { LOG_LEVEL: info }",
        "---",
        "apiVersion: apps/v1",
        "kind: Deployment",
        "spec: { template: { spec: { containers: [{ name: api, env: [{ name: WORKERS, value: '9' }] }] } } }",
      ),
    },
    [
      "development LOG_LEVEL=debug",
      "production LOG_LEVEL=info",
      "development WORKERS=1",
      "production WORKERS=9",
    ],
  ],
  "compose files over each other, variables as a list": [
    {
      "docker-compose.yml": lines("services:", "  api:", "    environment: [LOG_LEVEL=debug, FROM_SHELL]"),
      "docker-compose.prod.yml": lines(
        "services:",
        "  api:",
        "    environment: [LOG_LEVEL=info]",
        "    env_file: web.env",
      ),
      "docker-compose.dev.yml": lines("services:", "  api:", "    environment: { WORKERS: 1 }"),
      "web.env": "WORKERS=9\n",
    },
    ["development LOG_LEVEL=debug", "production LOG_LEVEL=info"],
  ],
  "serverless, parameters by stage": [
    { "serverless.yml": lines("params:", "  dev: { workers: 1 }", "  prod: { workers: 9 }") },
    ["development WORKERS=1", "production WORKERS=9"],
  ],
  "two applications do not mix": [
    {
      "apps/a/.env.development": "LEVEL=debug\n",
      "apps/b/.env.production": "LEVEL=info\n",
    },
    [],
  ],
};

test.each(Object.entries(layouts))("%s", async (_name, [files, differs]) => {
  scene.write(files);
  const { view } = await scene.inspect();
  expect(view.problems).toEqual([]);
  expect(
    view.differences.flatMap(({ values }) =>
      values.map(({ environment, key, shown }) => `${environment} ${key}=${shown}`),
    ),
  ).toEqual(differs);
});

test("an env_file of a compose file belongs to the compose file's environment", async () => {
  scene.write({
    "docker-compose.prod.yml": lines("services:", "  api: { env_file: [web.env] }"),
    "web.env": "A=1\n",
  });
  const { view } = await scene.inspect();
  expect(view.files.find(({ path }) => path === "web.env")).toMatchObject({
    role: "environment",
    environment: "production",
  });
});

test("an environment whose file is empty is one as well", async () => {
  scene.write({ ".env.development": "A=1\n", ".env.production": "" });
  const { view } = await scene.inspect();
  expect(view.environments).toMatchObject([
    { name: "development", keys: 1 },
    { name: "production", keys: 0, files: [".env.production"] },
  ]);
});

test("keys of the example and of the environments are held against each other", async () => {
  scene.write({ ".env.example": "A=\nOLD=\n", ".env": "A=1\nNEW=1\n" });
  const { view } = await scene.inspect();
  expect(view.examples.map(({ key, gap }) => [key, gap])).toEqual([
    ["OLD", "unused"],
    ["NEW", "undocumented"],
  ]);
});

test("production's in another environment and the other way round", async () => {
  scene.write({
    ".env.development": lines("NODE_ENV=production", "API=https://api.prod.example.com", "PROD_TOKEN_URL=a"),
    ".env.production": lines(
      "DEBUG=true",
      "CACHE=redis://localhost:6379",
      "DB=postgres://a:postgres@db.example.com/a",
    ),
  });
  const { view } = await scene.inspect();
  expect(view.outOfPlace.map(({ environment, key }) => `${environment} ${key}`)).toEqual([
    "development NODE_ENV",
    "development API",
    "development PROD_TOKEN_URL",
    "production DEBUG",
    "production CACHE",
    "production DB",
  ]);
});

test("nobody's secrets are not shared: placeholders, passwords of tutorials, this machine's database", async () => {
  const same = lines(
    "A_PASSWORD=postgres",
    "B_SECRET=<from-vault>",
    "C=postgres://a:postgres@localhost/a",
    "D_KEY=",
  );
  scene.write({ ".env.development": same, ".env.production": same });
  expect((await scene.inspect()).view.shared).toEqual([]);
});

describe("the exit code", () => {
  const shared = "JWT_SECRET=Same.for-4711\n";
  test.each([
    ["0 whatever is found", {}, { ".env.dev": shared, ".env.prod": shared }, 0],
    [
      "3 with --strict where something is shared with production",
      { strict: true },
      { ".env.dev": shared, ".env.prod": shared },
      3,
    ],
    ["0 with --strict where nothing is", { strict: true }, { ".env.dev": "A=1\n", ".env.prod": "A=2\n" }, 0],
  ])("%s", async (_name, input, files: Files, exit) => {
    scene.write(files);
    expect((await scene.inspect(input)).exit).toBe(exit);
  });

  test("an environment can't be named", async () => {
    const { command } = await import("../library.ts");
    await expect(command("inspect", { folder: scene.folder, environment: "dev" })).rejects.toMatchObject({
      code: "APP_BAD_INPUT",
    });
    await expect(command("inspect", { folder: join(scene.folder, "none") })).rejects.toMatchObject({
      code: "APP_UNREADABLE",
    });
  });
});

describe("where a project begins", () => {
  test.each([
    [
      "the manifest",
      { "ringfence.yaml": "no manifest at all: [", "a/package.json": "{}", "a/b/x": "" },
      "a/b",
      "ringfence.yaml",
    ],
    ["VERSION", { VERSION: "", "a/package.json": "{}", "a/b/x": "", ".git/HEAD": "" }, "a/b", "VERSION"],
    ["a package", { "a/go.mod": "", "a/b/x": "", ".git/HEAD": "" }, "a/b", "go.mod"],
    ["the repository", { "a/b/x": "", ".git/HEAD": "" }, "a/b", ".git"],
  ])("%s", async (_name, files: Files, from, root) => {
    scene.write(files);
    expect((await scene.inspect({}, from)).view.root).toBe(root);
  });
});

describe("a folder that nobody trusts", () => {
  test("nothing is written and nothing runs", async () => {
    const trap = join(scene.folder, "ran");
    scene.write({
      ".envrc": `touch ${trap}\n`,
      ".env": lines(`A=$(touch ${trap})`, `B=\`touch ${trap}\``),
      ".env.production": `A=$(touch ${trap})\n`,
      "package.json": JSON.stringify({ scripts: { prepare: `touch ${trap}`, preinspect: `touch ${trap}` } }),
      ".git/config": lines(
        "[core]",
        `fsmonitor = touch ${trap}`,
        `sshCommand = touch ${trap}`,
        "[alias]",
        `ls-files = !touch ${trap}`,
      ),
      ".git/HEAD": "ref: refs/heads/main\n",
      ".git/index": "DIRC and then nothing that fits",
      "config/environments/production.rb": `system("touch ${trap}")`,
      "config/production.js": `require("fs").writeFileSync(${JSON.stringify(trap)}, "")`,
    });
    const before = scene.listing();
    const home = readdirSync(homedir());
    const { view } = await scene.inspect();
    expect(view.files.length).toBeGreaterThan(2);
    expect(scene.listing()).toEqual(before);
    expect(readdirSync(homedir())).toEqual(home);
  });

  test("strange files are named, and nothing of them is shown", async () => {
    const outside = mkdtempSync(join(tmpdir(), "ringfence-outside-"));
    writeFileSync(join(outside, ".env"), "OUTSIDE=1\n");
    scene.write({
      ".env.production": "\ufeffA=1\r\nB=2\r\n",
      ".env.staging": new Uint8Array([65, 61, 0, 255, 254]),
      ".env.qa": `A=${"x".repeat(1024 * 1024)}`,
      "config/production.yml": "a: [1, 2\nb: }\n\tc: 1",
      "config/staging.json": "{ no json",
      "config/qa.toml": "= 1",
    });
    symlinkSync(join(outside, ".env"), join(scene.folder, ".env.development"));
    symlinkSync(".env.loop", join(scene.folder, ".env.loop"));
    symlinkSync("..", join(scene.folder, "config", "up"));
    execFileSync("mkfifo", [join(scene.folder, ".env.uat")]);
    mkdirSync(join(scene.folder, ".env.test"));
    const { view } = await scene.inspect();
    rmSync(outside, { recursive: true });
    const where = view.problems.map((problem) => problem.where.replace(/:.*/, "")).sort();
    expect(where).toEqual([
      ".env.development",
      ".env.loop",
      ".env.qa",
      ".env.staging",
      ".env.uat",
      "config/production.yml",
      "config/qa.toml",
      "config/staging.json",
    ]);
    expect(view.files.find(({ path }) => path === ".env.production")?.keys).toBe(2);
    expect(JSON.stringify(view)).not.toContain("OUTSIDE");
  });

  test("names that a terminal would obey", async () => {
    scene.write({
      ".env.prod\u001b[2J": "A=1\n",
      "config/production.json": JSON.stringify({ "a\u001b[31m": { b: 1 } }),
      "docker-compose.prod.yml": `services: { "x\\u009b31m": { environment: { A: 1 } } }\n`,
    });
    const { view } = await scene.inspect();
    expect(view.missing.length + view.files.length).toBeGreaterThan(0);
    expect(view.problems).toHaveLength(1);
    expect(JSON.stringify(view)).not.toMatch(/\\u001b|\u009b/);
  });

  test("a tree of 20,000 files, most of them another tool's", async () => {
    for (let folder = 0; folder < 200; folder++) {
      const path = join(scene.folder, folder < 100 ? `src/f${folder}` : `node_modules/f${folder}`);
      mkdirSync(path, { recursive: true });
      for (let file = 0; file < 100; file++) writeFileSync(join(path, `.env.${file}`), "");
    }
    scene.write({ ".env.production": "A=1\n" });
    const { view } = await scene.inspect();
    expect(view.environments.map(({ name }) => name)).toEqual(["production"]);
    expect(view.looked).toEqual({ entries: expect.any(Number), limit: null });
  });
});
