/**
 * A project with three environments, two people and real components, in a temporary folder of its own. Whoever
 * opens a scene closes it: no process of it may be left behind.
 */
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { openApp } from "../../src/app/app.ts";
import type { Answer } from "../../src/app/host.ts";
import { createKeyPair } from "../../src/base/ed25519.ts";
import type { OperationRecord } from "../../src/model/operation.ts";
import type { Target } from "../../src/ports/target.ts";
import { createIdentity, parseIdentities, recipientOf } from "../../src/secrets/index.ts";
import { identityPath } from "../../src/snapshot/home.ts";
import { anyPort } from "../contracts/target.ts";
import { runGit } from "../git.ts";
import { type CommandOptions, runWords } from "./command.ts";
import type { ChildRequest } from "./crash-child.ts";
import { type OtherProcess, startProcess } from "./other-process.ts";

export const ENVIRONMENTS = ["development", "staging", "production"] as const;
export type EnvironmentName = (typeof ENVIRONMENTS)[number];

const PROJECT = "scene";

/** How a release behaves. `overloaded` fails only what comes through the public port. */
export type Behaviour = "well" | "exits" | "unready" | "overloaded";

const web = (version: string, behaviour: Behaviour) => `
import { createHash } from "node:crypto";
import { createServer } from "node:http";
const behaviour: string = ${JSON.stringify(behaviour)};
if (behaviour === "exits") throw new Error("no connection to the database");
createServer((request, response) => {
  const ready = request.url !== "/readyz" || behaviour !== "unready";
  const served = request.headers["x-forwarded-for"] === undefined || behaviour !== "overloaded";
  const token = createHash("sha256").update(process.env.TOKEN ?? "").digest("hex");
  response.writeHead(served && ready ? 200 : ready ? 500 : 503, { "content-type": "application/json" });
  response.end(JSON.stringify({ release: ${JSON.stringify(version)}, greeting: process.env.GREETING, token }));
}).listen(Number(process.env.PORT), "127.0.0.1");
`;

const worker = (version: string) => `setInterval(() => ${JSON.stringify(version)}, 1_000);\n`;

function manifest(facts: {
  readonly ports: Readonly<Record<EnvironmentName, number>>;
  readonly recipients: Readonly<Record<EnvironmentName, string>>;
  readonly people: Readonly<Record<string, string>>;
}): string {
  const environments = ENVIRONMENTS.map((name) => {
    const approvals = name === "production" ? 1 : 0;
    return `  ${name}:
    ports: { web: ${facts.ports[name]} }
    recipients: [${facts.recipients[name]}]
    policies: { approvals: ${approvals}, rollout: { observe: 200ms } }`;
  });
  const people = Object.entries(facts.people).map(([name, key]) => `  ${name}: { key: "${key}" }`);
  return `project: ${PROJECT}
environments:
${environments.join("\n")}
layers: [config/base.yaml, "config/{env}.env"]
settings:
  GREETING: { required: true }
  LIMIT: { type: integer, min: 1, default: 10 }
  TOKEN: { secret: true, required: true }
services:
  web:
    entry: src/web.ts
    health: { live: /healthz, ready: /readyz }
    smoke: [/]
  worker: { entry: src/worker.ts }
pipeline:
  development: {}
  staging: { after: development }
  production: { after: staging }
people:
${people.join("\n")}
`;
}

export interface Scene {
  /** The project's folder. */
  readonly root: string;
  /** RINGFENCE_HOME. */
  readonly home: string;
  readonly variables: Readonly<Record<string, string>>;
  readonly ports: Readonly<Record<EnvironmentName, number>>;
  /** Runs a command as the author, unless `--as` says otherwise. */
  command(words: readonly string[], options?: CommandOptions): Promise<Answer>;
  /** The same; throws unless it ends well. */
  must<T = OperationRecord>(words: readonly string[], options?: CommandOptions): Promise<T>;
  /** Runs a command in a process of its own, as the author. */
  spawn(words: readonly string[], request?: Omit<ChildRequest, "root" | "variables" | "words">): OtherProcess;
  /** Writes a file of the project; commits nothing. */
  write(path: string, text: string): void;
  /** The text of a file of the project. */
  read(path: string): string;
  commit(message: string): void;
  /** Commits the services with this version and behaviour, and releases them. */
  release(version: string, behaviour?: Behaviour): Promise<void>;
  /** Which release answers through the public port. */
  serving(environment: EnvironmentName): Promise<string>;
  target(environment: EnvironmentName): Target;
  /** Stops every environment and removes the folder. Whatever the test did, nothing is left. */
  shutdownAll(): Promise<void>;
}

async function perEnvironment<T>(
  make: (name: EnvironmentName) => Promise<T>,
): Promise<Record<EnvironmentName, T>> {
  const made: [string, T][] = [];
  for (const name of ENVIRONMENTS) made.push([name, await make(name)]);
  return Object.fromEntries(made) as Record<EnvironmentName, T>;
}

function writePrivate(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  writeFileSync(path, text, { mode: 0o600 });
}

/** Keys of people and environments, as `me init` and `identity create` would lay them down. */
async function createKeys(home: string) {
  const person = (name: string): string => {
    const { privatePem, publicText } = createKeyPair();
    writePrivate(join(home, "people", `${name}.key`), privatePem);
    return publicText;
  };
  const people = { author: person("author"), approver: person("approver") };
  const recipients = await perEnvironment(async (name) => {
    const path = identityPath(home, PROJECT, name);
    const { text } = await createIdentity();
    writePrivate(path, text);
    return recipientOf(parseIdentities(text, path)[0]!);
  });
  return { people, recipients };
}

async function stop(target: Target): Promise<void> {
  const state = await target.state();
  if (state) await target.shutdown({ token: state.fence.token + 1, holder: "the end of the scene" });
}

/** The project's files, and git. */
function filesOf(root: string): Pick<Scene, "write" | "read" | "commit"> {
  return {
    write(path, text) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text);
    },
    read: (path) => readFileSync(join(root, path), "utf8"),
    commit(message) {
      runGit(root, "add", "-A");
      runGit(root, "commit", "-q", "-m", message);
    },
  };
}

/** Describes the project and sets a secret in each environment; releases nothing. */
export async function openScene(): Promise<Scene> {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "ringfence-scene-")));
  const root = join(folder, "project");
  const home = join(folder, "home");
  const variables = { PATH: process.env.PATH ?? "", RINGFENCE_HOME: home, RINGFENCE_AS: "author" };
  const ports = await perEnvironment(() => anyPort());
  const children: OtherProcess[] = [];
  const app = () => openApp({ folder: root, variables });
  const target = (name: EnvironmentName) => {
    const opened = app();
    return opened.target(opened.project.environments.find((environment) => environment.name === name)!);
  };
  const scene: Scene = {
    root,
    home,
    variables,
    ports,
    command: (words, options) => runWords(words, { folder: root, variables }, options),
    async must<T>(words: readonly string[], options?: CommandOptions) {
      const { answer, error } = await scene.command(words, options);
      if (error) throw error;
      return answer as T;
    },
    spawn(words, request) {
      const started = startProcess({ root, variables, words, ...request });
      children.push(started);
      return started;
    },
    ...filesOf(root),
    async release(version, behaviour = "well") {
      scene.write("src/web.ts", web(version, behaviour));
      scene.write("src/worker.ts", worker(version));
      scene.commit(version);
      await scene.must(["release", "create", version]);
    },
    async serving(environment) {
      const answer = await fetch(`http://127.0.0.1:${ports[environment]}/`);
      return ((await answer.json()) as { release: string }).release;
    },
    target,
    async shutdownAll() {
      // A kill also ends one that was stopped; those that have ended don't mind.
      for (const child of children) child.kill();
      try {
        for (const name of ENVIRONMENTS) await stop(target(name));
      } finally {
        // Supervisors and routers of a folder that is gone end by themselves.
        rmSync(folder, { recursive: true, force: true });
      }
    },
  };
  try {
    await describeProject(scene);
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
  return scene;
}

async function describeProject(scene: Scene): Promise<void> {
  mkdirSync(scene.root, { recursive: true });
  const { people, recipients } = await createKeys(scene.home);
  scene.write("ringfence.yaml", manifest({ ports: scene.ports, people, recipients }));
  scene.write("config/base.yaml", "GREETING: hello\n");
  for (const name of ENVIRONMENTS) scene.write(`config/${name}.env`, `GREETING=hello ${name}\n`);
  scene.write(".gitignore", ".ringfence/\n");
  runGit(scene.root, "init", "-q", "-b", "main");
  for (const name of ENVIRONMENTS)
    await scene.must(["secret", "set", "TOKEN", "-e", name], { input: `first token of ${name}` });
}
