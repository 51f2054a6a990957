/**
 * Wiring: the only file that names adapters. It opens nothing that a command does not ask for, so that a read of
 * the configuration needs no store.
 */
import { hostname } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { openArtifactsFolder } from "../adapters/artifacts-folder/index.ts";
import { openBuilder } from "../adapters/builder-esbuild/index.ts";
import { systemClock } from "../adapters/clock-system/index.ts";
import { openGitSource } from "../adapters/source-git/index.ts";
import { openSqliteStore } from "../adapters/store-sqlite/index.ts";
import { openProcessTarget } from "../adapters/target-process/index.ts";
import type { Json } from "../base/canonical-json.ts";
import type { Environment, Project } from "../model/project.ts";
import type { ArtifactStore } from "../ports/artifacts.ts";
import type { Builder } from "../ports/builder.ts";
import type { Clock } from "../ports/clock.ts";
import type { Source } from "../ports/source.ts";
import type { Store } from "../ports/store/store.ts";
import type { Target } from "../ports/target.ts";
import { identityPath, ringfenceHome } from "../snapshot/home.ts";
import { LEASE_MS } from "./lease.ts";
import { loadProject } from "./project.ts";
import { type AuditRecord, openRecord } from "./record.ts";

/** One step's progress, for whoever watches. */
export interface Progress {
  readonly operation: string;
  readonly step: string;
  readonly title: string;
  readonly state: "started" | "done" | "failed";
  readonly result?: Json;
}

/** One project, opened. */
export interface App {
  readonly project: Project;
  /** `RINGFENCE_HOME`: keys, identities and checkpoints, outside the project and its store. */
  readonly home: string;
  readonly host: string;
  readonly clock: Clock;
  /** The process environment as the command got it. */
  readonly variables: Readonly<Record<string, string | undefined>>;
  readonly store: Store;
  readonly record: AuditRecord;
  readonly artifacts: ArtifactStore;
  readonly source: Source;
  readonly builder: Builder;
  readonly leaseMs: number;
  /** Folder for what may be thrown away. */
  readonly scratch: string;
  target(environment: Environment): Target;
  progress(progress: Progress): void;
  close(): Promise<void>;
}

export interface AppOptions {
  /** Folder to look from, upward, for the manifest; or the project's own folder. */
  readonly folder: string;
  readonly variables?: Readonly<Record<string, string | undefined>>;
  readonly host?: string;
  readonly clock?: Clock;
  readonly leaseMs?: number;
  readonly progress?: (progress: Progress) => void;
  /** Decorates the store, so that a test can stop the process at any write. */
  readonly wrapStore?: (store: Store) => Store;
}

/** The folder of a project's state that is not committed. */
function stateFolder(root: string): string {
  return join(root, ".ringfence");
}

/** A store that is opened at its first use. */
function lazyStore(open: () => Promise<Store>): Store {
  let opening: Promise<Store> | undefined;
  let opened: Store | undefined;
  const use = async () => {
    opening ??= open();
    opened = await opening;
    return opened;
  };
  return {
    get id() {
      if (!opened) throw new Error("the store was not opened yet");
      return opened.id;
    },
    read: async (work) => (await use()).read(work),
    transaction: async (work) => (await use()).transaction(work),
    close: async () => (await opening)?.close(),
  };
}

/** The built settings library beside this module, for services whose project has not installed it. */
function settingsModule(): string {
  const here = dirname(fileURLToPath(import.meta.url));
  return import.meta.url.endsWith(".ts")
    ? join(here, "..", "settings", "index.ts")
    : join(here, here.endsWith("chunks") ? ".." : ".", "settings.js");
}

/**
 * Opens the project at or above a folder.
 *
 * @throws APP_NO_PROJECT, APP_MANIFEST_INVALID
 */
export function openApp(options: AppOptions): App {
  const variables = options.variables ?? process.env;
  const project = loadProject(options.folder);
  const state = stateFolder(project.root);
  const home = ringfenceHome(variables);
  const clock = options.clock ?? systemClock;
  const storePath = join(state, "store.db");
  const wrap = options.wrapStore ?? ((store: Store) => store);
  const store = lazyStore(async () => wrap(await openSqliteStore({ path: storePath })));
  return {
    project,
    home,
    host: options.host ?? hostname(),
    clock,
    variables,
    store,
    record: openRecord({ store, storePath, project: project.name, home, clock }),
    artifacts: openArtifactsFolder(join(state, "artifacts")),
    source: openGitSource(project.root),
    builder: openBuilder({ project: project.root, settingsModule: settingsModule() }),
    leaseMs: options.leaseMs ?? LEASE_MS,
    scratch: join(state, "scratch"),
    target: (environment) =>
      openProcessTarget({
        environment: environment.name,
        folder: join(state, "environments", environment.name),
        keyFile: identityPath(home, project.name, environment.name),
        production: environment.policies.production,
      }),
    progress: options.progress ?? (() => {}),
    close: () => store.close(),
  };
}
