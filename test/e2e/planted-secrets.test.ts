/**
 * No output of any command and nothing that it keeps shows a secret's value: over secrets planted in every place where
 * one may lie, with every command of the catalogue. Allowed are `secret get`, `config export --secrets`, and what the
 * child of a direct `run` prints itself.
 */
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { catalogue } from "../../src/app/catalogue.generated.ts";
import { EXIT } from "../../src/base/error.ts";
import type { Ran } from "./cli-scene.ts";
import { CALLS, everyCall, firstCall, firstCalls } from "./planted-calls.ts";
import {
  BAD_MANIFESTS,
  BROKEN,
  COPIES,
  DECLARED,
  openPlantedScene,
  PLANTED,
  type PlantedName,
  type PlantedScene,
  plantedIn,
  textsBelow,
} from "./planted-scene.ts";

let scene: PlantedScene;

beforeAll(() => {
  scene = openPlantedScene();
});

afterAll(() => scene.remove());

const SECRETS = "secrets/development.yaml";
const EXITS: readonly (number | null)[] = Object.values(EXIT);

/** What is wrong with how a command ended: values that it shows, or that it ended as no command should. */
function wrongWith({ exit, stdout, stderr }: Ran, except: readonly PlantedName[] = []): string[] {
  const crashed = !EXITS.includes(exit) || /a bug in Ringfence|\n\s+at .+:\d+:\d+/.test(stderr);
  return [...plantedIn(stdout + stderr, except), ...(crashed ? [`crash: ${stderr.slice(0, 300)}`] : [])];
}

interface How {
  readonly variables?: Record<string, string>;
  readonly except?: readonly PlantedName[];
}

/** Runs these lines; says of each what is wrong with it. */
function wrongOf(lines: readonly (readonly string[])[], { variables = {}, except = [] }: How = {}): object[] {
  return lines.flatMap((words) => {
    const wrong = wrongWith(scene.run(words, { input: PLANTED.NUMBER, variables }), except);
    return wrong.length > 0 ? [{ command: words.join(" "), wrong }] : [];
  });
}

const COMMANDS = Object.keys(CALLS);

const run = (...words: string[]) => [
  ["run", ...words],
  ["run", "--json", ...words],
];
/** Runs that start nothing. */
const RUNS = [
  ...run("--dry-run", "-e", "development", "--", "env"),
  ...run("-e", "development", "--", "no-such-command"),
  ...run("-e", "staging", "--", "env"),
  ...run("-e", "production", "--", "env"),
];

/** Every command in one circumstance; what it changes is taken back. */
function circumstance(name: string, change: () => () => void, calls: typeof everyCall, how: How = {}): void {
  describe(name, () => {
    let undo: () => void;
    beforeAll(() => {
      undo = change();
    });
    afterAll(() => undo());
    test.each(COMMANDS)("%s", (command) => {
      expect(wrongOf(calls(command, "development", scene.operation), how)).toEqual([]);
    });
    test("run, refused", () => {
      expect(wrongOf(RUNS, how)).toEqual([]);
    });
  });
}

/** An environment's plain layers; without the identity that opens its secrets nothing here knows their values. */
const layers = (files: Parameters<PlantedScene["layers"]>[1], identity: "here" | "away") => () => {
  scene.layers("development", files);
  if (identity === "away") renameSync(scene.identity, `${scene.identity}.away`);
  return () => {
    if (identity === "away") renameSync(`${scene.identity}.away`, scene.identity);
    scene.layers("development", {});
  };
};

/** One file's text for a while. */
const changed = (path: string, change: (text: string) => string) => () => {
  const absolute = path.startsWith("/") ? path : join(scene.root, path);
  const before = readFileSync(absolute);
  writeFileSync(absolute, change(before.toString("utf8")));
  return () => writeFileSync(absolute, before);
};

test("every command of the catalogue is called", () => {
  expect(COMMANDS.toSorted()).toEqual(catalogue.map(({ name }) => name).sort());
});

test("the values are planted, and would be found", () => {
  for (const name of Object.keys(PLANTED) as PlantedName[]) {
    const { stdout } = scene.must(["secret", "get", name, "-e", "development"]);
    expect(plantedIn(stdout)).toContain(name);
  }
  expect(plantedIn(Buffer.from(`x${PLANTED.PASSWORD}`).toString("base64"))).toEqual(["PASSWORD"]);
});

circumstance("secrets that can be opened, composed into plain settings", () => () => {}, everyCall);
circumstance("secrets in plain layers, nothing opens them", layers(DECLARED, "away"), firstCalls);
circumstance("broken layers, nothing opens the secrets", layers(BROKEN, "away"), firstCalls);
circumstance("copies of secrets under other names", layers(COPIES, "here"), firstCall);
circumstance("values in the process environment", () => () => {}, firstCall, {
  variables: { ...PLANTED, LIMIT: PLANTED.NUMBER, LEVEL: PLANTED.PASSWORD, NOTE: PLANTED.TOKEN },
});

describe("a damaged file", () => {
  const { TOKEN } = PLANTED;
  test.each<[string, () => string, (text: string) => string]>([
    [
      "a value that is not encrypted",
      () => SECRETS,
      (text) => text.replace(/^TOKEN: .*$/m, `TOKEN: ${TOKEN}`),
    ],
    ["a value that is no YAML", () => SECRETS, (text) => text.replace(/^TOKEN: .*$/m, `TOKEN: *${TOKEN} "`)],
    ["a key", () => scene.identity, (text) => text.replace("AGE-SECRET-KEY-1", `AGE-SECRET-KEY-${TOKEN}`)],
    ["the store", () => join(scene.root, ".ringfence/store.db"), () => `${TOKEN}\n`],
  ])("%s", (_name, path, change) => {
    const undo = changed(path(), change)();
    try {
      const names = ["config show", "config export", "secret set", "promote", "operation list", "inspect"];
      expect(wrongOf(names.flatMap((name) => firstCalls(name, "development", scene.operation)))).toEqual([]);
    } finally {
      undo();
    }
  });
});

describe("a manifest with a secret at a mistake", () => {
  test.each(Object.keys(BAD_MANIFESTS))("%s", (name) => {
    const undo = changed("ringfence.yaml", (text) => BAD_MANIFESTS[name]!(text))();
    try {
      const lines = [
        "config check",
        "config show",
        "env list",
        "status",
        "inspect --all",
        "secret set TOKEN",
      ];
      const calls = lines.map((line) => line.split(" "));
      expect(scene.run(calls[0]!).exit).toBe(EXIT.findings);
      expect(wrongOf([...calls, [...calls[0]!, "--json"], RUNS[0]!])).toEqual([]);
    } finally {
      undo();
    }
  });
});

describe("what is kept of all that", () => {
  const STATE = ".ringfence";

  test("every table of the store, but the layers' own texts", () => {
    const store = new DatabaseSync(join(scene.root, STATE, "store.db"), { readOnly: true });
    try {
      const tables = store.prepare("select name from sqlite_schema where type = 'table'").all();
      for (const { name } of tables) {
        // By their nature: `texts` holds the bytes of plain layers, `releases` those and the manifest of a commit, so
        // that both can be gone back to. What stands readable in such a file stands readable there.
        if (name === "texts" || name === "releases") continue;
        const rows = JSON.stringify(store.prepare(`select * from ${name}`).all(), (_key, value) =>
          value instanceof Uint8Array ? Buffer.from(value).toString("latin1") : value,
        );
        expect({ name, planted: plantedIn(rows) }).toEqual({ name, planted: [] });
      }
    } finally {
      store.close();
    }
  });

  test("every other file of the state and of the home; what was only ever sealed is in no file at all", () => {
    const files = [...textsBelow(join(scene.root, STATE)), ...textsBelow(scene.home)];
    expect(files.length).toBeGreaterThan(3);
    for (const { path, text } of files) {
      const planted = plantedIn(text);
      expect({
        path,
        planted: /store\.db/.test(path) ? planted.filter((name) => name === "DOCUMENT") : planted,
      }).toEqual({
        path,
        planted: [],
      });
    }
  });
});

test("a value where none belongs on the command line", () => {
  const { TOKEN } = PLANTED;
  const lines = [
    ["secret", "set", "TOKEN", TOKEN, "-e", "development"],
    ["secret", "set", `TOKEN=${TOKEN}`, "-e", "development"],
    ["secret", "set", "TOKEN", "-e", "development", "--value", TOKEN],
    ["config", "show", "-e", "development", "--set", `TOKEN=${TOKEN}`],
    ["config", "show", "-e", "development", "--set", TOKEN],
    ["config", "show", "-e", "development", "--sett", `TOKEN=${TOKEN}`],
    ["config", "shwo", "-e", "development", "--set", `TOKEN=${TOKEN}`],
    ["run", "-e", "staging", "--set", `TOKEN=${TOKEN}`, "--", "true"],
  ];
  expect(wrongOf(lines.flatMap((words) => [words, [...words, "--json"]]))).toEqual([]);
});
