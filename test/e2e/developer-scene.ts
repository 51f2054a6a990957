/**
 * A project with production secrets, the home of its owner, and the home of a developer who holds the identity of
 * development and a key of their own, and nothing else. What the owner did is made once; every scene is a copy of it.
 */
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { loadRun } from "../../src/app/catalogue.generated.ts";
import { type RingfenceError, systemCode } from "../../src/base/error.ts";
import { encodingsOf } from "../../src/base/redact.ts";
import { runGit } from "../git.ts";
import { type CommandOptions, runWords } from "./command.ts";

/** The values that no developer may see. */
export const PRODUCTION = {
  PASSWORD: "Production.pass+word=1/x",
  DATABASE_URL: "postgres://owner:Production-in-a-url@db.shop.test/shop",
  SIGNING_KEY: "-----BEGIN KEY-----\nProductionFirstLine\nProductionSecondLine\n-----END KEY-----",
} as const;

const DEVELOPMENT = {
  PASSWORD: "Development.pass+word=1/x",
  DATABASE_URL: "postgres://dev:Development-in-a-url@db.shop.test/shop",
  SIGNING_KEY: "-----BEGIN KEY-----\nDevelopmentFirstLine\n-----END KEY-----",
} as const;

const SEEN = Object.values(PRODUCTION).flatMap((value) => {
  const parts = [
    value,
    "Production-in-a-url",
    ...value.split("\n").filter((line) => /Production/.test(line)),
  ];
  return [...new Set(parts)].flatMap((part) => [part, ...encodingsOf(part)]);
});

/** Whether a text holds a production value, in whichever form. */
export const showsProduction = (text: string): boolean => SEEN.some((form) => text.includes(form));

const MANIFEST = `project: shop
environments:
  development: { ports: { api: 4101 } }
  staging: { ports: { api: 4201 } }
  production: { ports: { api: 4301 } }
layers: [ "config/{env}.env?" ]
settings:
  LIMIT: { type: integer, default: 1 }
  COMPOSED: {}
  PASSWORD: { secret: true, required: true }
  DATABASE_URL: { type: url, secret: true }
  SIGNING_KEY: { secret: true }
services:
  api: { entry: src/api.ts, health: { live: /healthz, ready: /readyz } }
pipeline:
  development: {}
  staging: { after: development }
  production: { after: staging }
`;

const ENVIRONMENTS = ["development", "production"] as const;

interface Folders {
  readonly root: string;
  readonly owner: string;
  readonly developer: string;
}

const foldersOf = (folder: string): Folders => ({
  root: join(folder, "project"),
  owner: join(folder, "owner"),
  developer: join(folder, "developer"),
});

const variablesOf = (home: string, as: string): Record<string, string> => ({
  PATH: process.env.PATH ?? "",
  RINGFENCE_HOME: home,
  RINGFENCE_AS: as,
});

function write(root: string, path: string, content: string | Buffer): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), content);
}

/** What there is before the developer begins. */
async function lay({ root, owner, developer }: Folders): Promise<void> {
  const must = async (home: string, as: string, words: readonly string[], input = "") => {
    const { RINGFENCE_AS, ...nobody } = variablesOf(home, as);
    const variables = words[0] === "me" ? nobody : { ...nobody, RINGFENCE_AS };
    const { error } = await runWords(words, { folder: root, variables }, { input });
    if (error) throw error;
  };
  write(root, "ringfence.yaml", MANIFEST);
  write(root, ".gitignore", ".ringfence/\n");
  write(root, "src/api.ts", 'process.stdout.write("never started");\n');
  for (const name of ENVIRONMENTS) write(root, `config/${name}.env`, "COMPOSED=postgres://${PASSWORD}\n");
  runGit(root, "init", "-q", "-b", "main");
  await must(owner, "owner", ["me", "init", "--name", "owner", "--role", "owner"]);
  await must(developer, "dev", ["me", "init", "--name", "dev", "--role", "developer"]);
  for (const name of ENVIRONMENTS) {
    await must(owner, "owner", ["identity", "create", "-e", name]);
    const values = name === "production" ? PRODUCTION : DEVELOPMENT;
    for (const [key, value] of Object.entries(values))
      await must(owner, "owner", ["secret", "set", key, "-e", name], value);
    // What the owner compiled lies in the project's folder too.
    await must(owner, "owner", ["config", "compile", "-e", name]);
  }
  runGit(root, "add", "-A");
  runGit(root, "commit", "-q", "-m", "first");
  await must(owner, "owner", ["release", "create", "1.0.0"]);
  mkdirSync(join(developer, "identities", "shop"), { recursive: true, mode: 0o700 });
  cpSync(
    join(owner, "identities", "shop", "development.txt"),
    join(developer, "identities", "shop", "development.txt"),
  );
}

/** How a call ended, and everything that it said. */
export interface Said {
  readonly words: string;
  readonly code: string | undefined;
  readonly text: string;
}

export interface DeveloperScene extends Folders {
  /** One command as the developer. */
  call(
    words: readonly string[],
    options?: CommandOptions & { variables?: Record<string, string> },
  ): Promise<Said>;
  /** What a child of `run` would be given, as the developer; undefined where the run is refused. */
  run(
    environment: string | undefined,
    variables?: Record<string, string>,
  ): Promise<Readonly<Record<string, string>> | undefined>;
  read(path: string): string;
  write(path: string, content: string | Buffer): void;
  edit(path: string, change: (text: string) => string): void;
  git(...words: string[]): void;
  /** Files of the project and of the developer's home in which a production value stands. */
  leaks(): string[];
  remove(): void;
}

/** What the system refuses is no bug: the command line says it, too. */
function asAnswer(error: unknown): { readonly answer: undefined; readonly error: RingfenceError } {
  if (systemCode(error) === undefined) throw error;
  return { answer: undefined, error: error as RingfenceError };
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

function sceneAt(folder: string): DeveloperScene {
  const folders = foldersOf(folder);
  const { root, developer } = folders;
  const base = variablesOf(developer, "dev");
  return {
    ...folders,
    async call(words, { variables = {}, ...options } = {}) {
      const said: string[] = [];
      // Git's own tools take paths from the working folder, which is not this one.
      const isPath = (word: string) => word.startsWith("secrets/") || word === "ringfence.yaml";
      const { answer, error } = await runWords(
        words.map((word) => (isPath(word) ? join(root, word) : word)),
        { folder: root, variables: { ...base, ...variables } },
        { input: "typed by the developer", progress: (step) => said.push(JSON.stringify(step)), ...options },
      ).catch(asAnswer);
      said.push(JSON.stringify(answer) ?? "", JSON.stringify(error) ?? "", String(error));
      // As a person reads it: escapes of JSON are resolved.
      const text = said.join("\n");
      return { words: words.join(" "), code: error?.code, text: `${text}\n${text.replaceAll("\\n", "\n")}` };
    },
    async run(environment, variables = {}) {
      const { compileRun } = await loadRun();
      try {
        const { snapshot } = await compileRun({
          folder: root,
          environment,
          force: undefined,
          variables: { ...base, ...variables },
          warn: () => {},
        });
        return snapshot.variables;
      } catch {
        return undefined;
      }
    },
    read: (path) => readFileSync(join(root, path), "utf8"),
    write: (path, content) => write(root, path, content),
    edit(path, change) {
      const before = readFileSync(join(root, path), "utf8");
      const after = change(before);
      if (after === before) throw new Error(`${path} is as it was`);
      write(root, path, after);
    },
    git: (...words) => runGit(root, ...words),
    leaks: () =>
      [...filesBelow(root), ...filesBelow(developer)].filter((path) =>
        showsProduction(readFileSync(path, "utf8")),
      ),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** Lays the project in a process of its own: what this one has never opened, no redactor of it can hide. Each scene that is opened from it is a copy of its own. */
export function layProject(): { open(): DeveloperScene; remove(): void } {
  const folder = mkdtempSync(join(tmpdir(), "ringfence-developer-"));
  const template = join(folder, "template");
  const remove = () => rmSync(folder, { recursive: true, force: true });
  try {
    execFileSync(process.execPath, [import.meta.filename, template], { stdio: ["ignore", "ignore", "pipe"] });
  } catch (error) {
    remove();
    throw error;
  }
  let count = 0;
  return {
    open() {
      count += 1;
      const copy = join(folder, String(count));
      cpSync(template, copy, { recursive: true });
      return sceneAt(copy);
    },
    remove,
  };
}

if (process.argv[1] === import.meta.filename) await lay(foldersOf(process.argv[2]!));
