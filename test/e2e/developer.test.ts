/**
 * A developer's identity can't open production: not by any command of the catalogue, and not by what somebody who can
 * write every file of the project may try. No output holds a production value, none is written anywhere, and no run is
 * given one.
 */
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { catalogue } from "../../src/app/catalogue.generated.ts";
import { snapshotPath } from "../../src/snapshot/snapshot.ts";
import { type DeveloperScene, layProject, PRODUCTION, showsProduction } from "./developer-scene.ts";
import { CALLS } from "./planted-calls.ts";

const E = "production";

/** Ways to ask for values outright, beside what {@link CALLS} asks. */
const reveal = (environment: string): readonly (readonly string[])[] => [
  ...Object.keys(PRODUCTION).map((name) => ["secret", "get", name, "-e", environment]),
  ...["json", "dotenv", "shell", "kubernetes"].map((format) => [
    "config",
    "export",
    "-e",
    environment,
    "--secrets",
    "--format",
    format,
  ]),
  ["eject", "--secrets", "-e", environment, "--to", `ejected-${environment}`],
  ["config", "compile", "-e", environment],
  ["config", "show", "-e", environment],
  ["config", "check", "-e", environment],
  ["config", "explain", "COMPOSED", "-e", environment],
  ["secret", "list", "-e", environment],
  ["secret", "scan"],
  ["isolation"],
];

let laid: ReturnType<typeof layProject>;
beforeAll(() => {
  laid = layProject();
});
afterAll(() => laid?.remove());

type Variables = Record<string, string>;

/** The calls that showed a production value. */
async function shownBy(
  scene: DeveloperScene,
  calls: readonly (readonly string[])[],
  variables: Variables = {},
): Promise<string[]> {
  const shown: string[] = [];
  for (const words of calls) {
    const said = await scene.call(words, { variables });
    if (showsProduction(said.text)) shown.push(said.words);
  }
  return shown;
}

/** The environments in which a run would be given one. */
async function givenTo(scene: DeveloperScene, variables: Variables = {}): Promise<string[]> {
  const given: string[] = [];
  for (const environment of [undefined, "development", "staging", E]) {
    const values = Object.values((await scene.run(environment, variables)) ?? {});
    if (showsProduction(values.join("\n"))) given.push(`run -e ${environment}`);
  }
  return given;
}

/** What was shown by the calls and then by a run, and where a production value lies now. */
async function attempted(
  scene: DeveloperScene,
  calls: readonly (readonly string[])[],
  variables: Variables = {},
) {
  const shown = await shownBy(scene, calls, variables);
  return { shown: [...shown, ...(await givenTo(scene, variables))], leaks: scene.leaks() };
}

const NOTHING = { shown: [], leaks: [] };

describe("with every command of the catalogue", () => {
  let scene: DeveloperScene;
  let operation: string;
  beforeAll(async () => {
    scene = laid.open();
    const { text } = await scene.call(["operation", "list"]);
    operation = /"id":"(op_[^"]+)"/.exec(text)?.[1] ?? "op_1";
  });

  test("all are tried", () => {
    expect(Object.keys(CALLS).toSorted()).toEqual(catalogue.map(({ name }) => name).sort());
  });

  test.each(catalogue.map(({ name, form }) => [name, form] as const))("%s", async (name, form) => {
    const calls = [E, "development"]
      .flatMap((environment) => CALLS[name]!(environment, operation))
      .map((words) => [...name.split(" "), ...words]);
    const done =
      form === "operation" ? calls.map((words) => words.filter((word) => word !== "--dry-run")) : [];
    expect(await shownBy(scene, [...calls, ...done])).toEqual([]);
    expect(scene.leaks()).toEqual([]);
  });

  test("and then a run", async () => {
    expect(await givenTo(scene)).toEqual([]);
  });
});

type Trick = (scene: DeveloperScene) => readonly (readonly string[])[] | undefined | Promise<undefined>;

const FILE = (environment: string) => `secrets/${environment}.yaml`;
const MANIFEST = "ringfence.yaml";

/** An environment's line in the manifest. */
const inEnvironment = (name: string, change: (line: string) => string) => (text: string) =>
  text.replace(new RegExp(`^ {2}${name}: .*$`, "m"), change);

const recipientOf = (scene: DeveloperScene, environment: string) =>
  new RegExp(`^ {2}${environment}: .*(age1[a-z0-9]+)`, "m").exec(scene.read(MANIFEST))![1]!;

const identity = (scene: DeveloperScene, environment: string) =>
  join(scene.developer, "identities", "shop", `${environment}.txt`);

/** The part of a SOPS file that says to whom the data key is encrypted. */
const KEYS = /^ {4}age:[\s\S]*?(?=^ {4}[a-z])/m;

const TRICKS: Readonly<Record<string, Trick>> = {
  nothing: () => undefined,
  "production's file in the place of development's": (scene) => {
    scene.write(FILE("development"), scene.read(FILE(E)));
    return undefined;
  },
  "development's keys in production's file": (scene) => {
    const own = KEYS.exec(scene.read(FILE("development")))![0];
    scene.edit(FILE(E), (text) => text.replace(KEYS, own));
    return undefined;
  },
  "single values moved into development's file": (scene) => {
    const line = /^PASSWORD: .*$/m;
    const value = line.exec(scene.read(FILE(E)))![0];
    scene.edit(FILE("development"), (text) => text.replace(line, value));
    return undefined;
  },
  "production's recipients in the manifest are the developer's": (scene) => {
    const [own, theirs] = [recipientOf(scene, "development"), recipientOf(scene, E)];
    scene.edit(MANIFEST, (text) => text.replaceAll(theirs, own));
    return [["config", "record", "-e", E, "--reason", "mine"]];
  },
  "production becomes a development environment": (scene) => {
    scene.edit(
      MANIFEST,
      inEnvironment(E, (line) => line.replace("{", "{ kind: development,")),
    );
    return undefined;
  },
  "production takes no signature": (scene) => {
    scene.edit(
      MANIFEST,
      inEnvironment(E, (line) => line.replace("{", "{ policies: { secrets: { signed: false } },")),
    );
    return undefined;
  },
  "the host is production's": (scene) => {
    scene.edit(
      MANIFEST,
      inEnvironment(E, (line) => line.replace("{", '{ hosts: ["*"],')),
    );
    return undefined;
  },
  "the names are exchanged": (scene) => {
    const swap = (text: string) =>
      text.replace(/\b(development|production)\b/g, (name) => (name === E ? "development" : E));
    scene.edit(MANIFEST, swap);
    copyFileSync(identity(scene, "development"), identity(scene, E));
    return undefined;
  },
  "development's identity under production's name": (scene) => {
    copyFileSync(identity(scene, "development"), identity(scene, E));
    return undefined;
  },
  "all secrets in production's file": (scene) => {
    scene.edit(MANIFEST, (text) => `${text}\nsecrets: ${FILE(E)}\n`);
    return undefined;
  },
  "production's secrets as a layer": (scene) => {
    scene.edit(MANIFEST, (text) => text.replace("layers: [", `layers: [ "${FILE(E)}",`));
    return undefined;
  },
  "a reference to production's file": (scene) => {
    scene.edit("config/development.env", (text) => `${text}COPY=file://${FILE(E)}\nLIMIT=1\n`);
    return undefined;
  },
  "production's layers refer to the developer's own": (scene) => {
    scene.edit(`config/${E}.env`, (text) => `${text}PASSWORD_COPY=\${PASSWORD}\n`);
    return undefined;
  },
  "no people any more": (scene) => {
    scene.edit(MANIFEST, (text) => text.replace(/^people:\n(?: .*\n)*/m, ""));
    return undefined;
  },
  "the developer as owner": (scene) => {
    scene.edit(MANIFEST, (text) => text.replace(/developer/g, "owner"));
    return undefined;
  },
  "the owner's key replaced by the developer's": (scene) => {
    const [owner, own] = [...scene.read(MANIFEST).matchAll(/ed25519:[A-Za-z0-9+/=]+/g)].map(([key]) => key);
    scene.edit(MANIFEST, (text) => text.replaceAll(owner!, own!));
    return undefined;
  },
  "production's compiled settings in the place of development's": (scene) => {
    copyFileSync(snapshotPath(scene.root, E), snapshotPath(scene.root, "development"));
    return undefined;
  },
  "the project's index says that production is development": (scene) => {
    const path = join(scene.root, ".ringfence/cache/index.json");
    const text = readFileSync(path, "utf8");
    writeFileSync(path, text.replaceAll(`"production":true`, `"production":false`));
    return undefined;
  },
  "the identity away, only the machine's key": (scene) => {
    writeFileSync(identity(scene, "development"), "");
    return undefined;
  },
  "the revision that was seen is put up and down": (scene) => {
    const folder = join(scene.developer, "revisions", "shop");
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, E), "0\n");
    return undefined;
  },
  "a project of the same name with production's file alone": (scene) => {
    scene.write(
      MANIFEST,
      "project: shop\nenvironments: { production: {} }\nsettings: { PASSWORD: { secret: true } }\n",
    );
    return undefined;
  },
  "a new environment with a copy of its secrets": () => [
    ["env", "create", "qa", "--kind", "development"],
    ["secret", "copy", "PASSWORD", "--from", E, "-e", "qa", "--reason", "a copy"],
    ["config", "show", "-e", "qa"],
    ["secret", "get", "PASSWORD", "-e", "qa"],
  ],
  "the release promoted where the developer may look": () => [
    ["promote", "1.0.0", "--to", "development"],
    ["promote", "1.0.0", "--to", E],
    ["config", "diff", "development", `${E}@1.0.0`],
    ["config", "export", "-e", `${E}@1.0.0`, "--format", "json", "--secrets"],
    ["env", "stop", "-e", "development"],
  ],
  "synchronised, moved and renamed": () => [
    ["config", "sync", E, "development"],
    ["config", "sync", E, "development", "--take", "from"],
    ["config", "rename", "PASSWORD", "PASSPHRASE"],
    ["config", "move", "PASSWORD", "--to", "config/{env}.yaml"],
    ["config", "diff", "development", E],
    ["env", "compare"],
    ["config", "matrix"],
  ],
  "secrets copied": () => [
    [
      "secret",
      "copy",
      Object.keys(PRODUCTION).join(","),
      "--from",
      E,
      "-e",
      "development",
      "--reason",
      "a copy",
    ],
    ["secret", "copy", "PASSWORD", "--from", E, "-e", "staging", "--reason", "a copy"],
  ],
  "the developer among the recipients": () => [
    ["secret", "recipients", "add", "person:dev", "-e", E],
    ["secret", "recipients", "add", "role:developer", "-e", E],
    ["secret", "recipients", "apply", "-e", E],
    ["secret", "recipients", "remove", "person:owner", "-e", E],
    ["secret", "revoke", "owner"],
  ],
  "the developer written among the recipients": (scene) => {
    scene.edit(
      MANIFEST,
      inEnvironment(E, (line) => line.replace("recipients: [", "recipients: [person:dev, ")),
    );
    return [
      ["secret", "recipients", "apply", "-e", E],
      ["secret", "accept", "-e", E, "--reason", "mine"],
      ["secret", "edit", "-e", E],
    ];
  },
  "git's merge driver": () => [
    ["secret", "merge", FILE("development"), FILE("development"), FILE(E), FILE("development")],
    ["secret", "merge", FILE(E), FILE("development"), FILE(E), FILE("development")],
    ["secret", "merge", FILE(E), FILE("development"), FILE(E), FILE(E)],
    ["secret", "merge", FILE("development"), FILE(E), FILE("development"), FILE(E)],
    ["secret", "textconv", FILE(E)],
    ["secret", "textconv", FILE("development")],
  ],
  "written over, and gone back": () => [
    ["secret", "set", "PASSWORD", "-e", E],
    ["secret", "unset", "PASSWORD", "-e", E],
    ["config", "rollback", "previous", "-e", E, "--reason", "mine"],
    ["config", "history", "-e", E],
    ["identity", "create", "-e", E],
    ["identity", "create", "-e", "staging"],
  ],
  "forced, with a reason": (scene) => {
    scene.edit(
      MANIFEST,
      inEnvironment("development", (line) => line.replace("{", '{ hosts: ["*"],')),
    );
    const calls = reveal(E).filter(([first]) => first === "eject");
    return calls.map((words) => [...words, "--force", "I want to"]);
  },
};

describe("what somebody who can write every file may try", () => {
  test.each(Object.entries(TRICKS))("%s", async (_name, trick) => {
    const scene = laid.open();
    const calls = (await trick(scene)) ?? [];
    expect(await attempted(scene, [...calls, ...reveal("development"), ...reveal(E)])).toEqual(NOTHING);
    scene.remove();
  });

  test("the variable names production", async () => {
    const scene = laid.open();
    const calls = reveal(E).map((words) => words.filter((word) => word !== "-e" && word !== E));
    expect(await attempted(scene, calls, { ENVIRONMENT: E, RINGFENCE_ENVIRONMENT: E })).toEqual(NOTHING);
    expect(existsSync(join(scene.root, `ejected-${E}`))).toBe(false);
  });
});

// Last: what this process has opened, its redactor hides from then on.
test("what is looked for is there, and would be found", async () => {
  const scene = laid.open();
  const mine = join(scene.developer, "identities", "shop", `${E}.txt`);
  copyFileSync(join(scene.owner, "identities", "shop", `${E}.txt`), mine);
  const { shown } = await attempted(scene, reveal(E));
  expect(shown).toContain("secret get PASSWORD -e production");
  expect(shown).toContain("secret get SIGNING_KEY -e production");
  expect(shown).toContain("config export -e production --secrets --format dotenv");
  expect(shown).toContain("run -e production");
  expect(scene.leaks()).toContain(join(scene.root, `ejected-${E}`, `${E}.env`));
});
