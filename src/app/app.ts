/**
 * Wiring: the only file that names adapters. It opens nothing that a command does not ask for, so that a read of
 * the configuration needs no store.
 */
import { existsSync } from "node:fs";
import { homedir, hostname } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { openArtifactsFolder } from "../adapters/artifacts-folder/index.ts";
import { openBuilder } from "../adapters/builder-esbuild/index.ts";
import { systemClock } from "../adapters/clock-system/index.ts";
import { openEditor } from "../adapters/editor-process/index.ts";
import { openAwsKeyService } from "../adapters/key-service-aws/index.ts";
import { openProgramRunner } from "../adapters/program-process/index.ts";
import { openGitHooks, openGitSource, openGitTexts } from "../adapters/source-git/index.ts";
import { openProcessTarget } from "../adapters/target-process/index.ts";
import type { Json } from "../base/canonical-json.ts";
import type { LayerCache } from "../config/index.ts";
import type { Environment, Project } from "../model/project.ts";
import type { RuleChecker } from "../model/rule-check.ts";
import type { ArtifactStore } from "../ports/artifacts.ts";
import type { Builder } from "../ports/builder.ts";
import type { Clock } from "../ports/clock.ts";
import type { CommitHooks } from "../ports/commit-hooks.ts";
import type { Editor } from "../ports/editor.ts";
import type { KeyService } from "../ports/key-service.ts";
import type { LeakRules } from "../ports/leak-rules.ts";
import type { Prober } from "../ports/probe.ts";
import type { ProgramRunner } from "../ports/programs.ts";
import type { RepositoryTexts } from "../ports/repository-texts.ts";
import type { SecretStore } from "../ports/secret-store.ts";
import type { Source } from "../ports/source.ts";
import type { Store } from "../ports/store/store.ts";
import type { Target } from "../ports/target.ts";
import { identityMaterial, identityPath, ringfenceHome } from "../snapshot/home.ts";
import { withoutKeys } from "../snapshot/key-variables.ts";
import { ensureStateFolder, stateFolder } from "../snapshot/state-folder.ts";
import { answeringOnce } from "./answering-once.ts";
import { type AskPassphrase, type KeyAnswers, noAnswers } from "./key-answers.ts";
import { lazyStore } from "./lazy-store.ts";
import { LEASE_MS } from "./lease.ts";
import { type NoteOpening, openingsOf } from "./openings.ts";
import { loadProject } from "./project.ts";
import { type AuditRecord, openRecord } from "./record.ts";
import type { ReferenceValues } from "./reference-values.ts";

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
  /** Records that secrets were opened, before anything is done with them. */
  readonly opened: NoteOpening;
  /** The person's own editor. */
  readonly editor: Editor;
  /** Within one command the same call is answered once. */
  readonly programs: ProgramRunner;
  /** Services that secrets files of others may be encrypted to. */
  readonly keyServices: readonly KeyService[];
  /** What was asked for to open secrets, and the answers. */
  readonly keys: KeyAnswers;
  /** Undefined where there is nobody to ask. */
  readonly askPassphrase: AskPassphrase | undefined;
  /** Undefined where the work tree's project has no rules, or only {@link openApp} was asked; see {@link checkerFor}. */
  readonly rules: RuleChecker | undefined;
  /** What stores of secrets have said so far; see prepared in references.ts. */
  readonly references: ReferenceValues;
  /** The store that answers a scheme; undefined where there is none. */
  secretStore(scheme: string, access: StoreAccess): Promise<SecretStore | undefined>;
  /** Layers that were parsed already: environments share some. */
  readonly layers: LayerCache;
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
  /** The command that runs, as typed, for the record of what it opens; left out by `run`, which records what it injects. */
  readonly command?: string;
  /** Who is said to act, for the same. */
  readonly as?: string | undefined;
  readonly leaseMs?: number;
  readonly progress?: (progress: Progress) => void;
  /** For what a person must see although the command goes on. */
  readonly warn?: (text: string) => void;
  /** Asks for the passphrase of a locked identity; left out where nobody could answer. */
  readonly askPassphrase?: AskPassphrase | undefined;
  /** Stores of secrets by scheme, instead of those that are built in or declared. */
  readonly secretStores?: Readonly<Record<string, SecretStore>>;
  /** Decorates the store, so that a test can stop the process at any write. */
  readonly wrapStore?: (store: Store) => Store;
}

/** The database library is loaded only by what needs it: most reads of the configuration don't. */
async function openStore(path: string): Promise<Store> {
  const { openSqliteStore } = await import("../adapters/store-sqlite/index.ts");
  return openSqliteStore({ path });
}

/** What a store of secrets is opened with. */
export interface StoreAccess {
  /** All that it finds in its environment. */
  readonly variables: Readonly<Record<string, string>>;
  /** Answers a scheme of the project's own. */
  readonly command: readonly string[] | undefined;
}

async function openSecretCommand(folder: string, scheme: string, { variables, command }: StoreAccess) {
  const { openCommandSecrets } = await import("../adapters/secrets-command/index.ts");
  return openCommandSecrets({ folder, scheme, variables, command });
}

type OpenSecretStore = (root: string, access: StoreAccess) => Promise<SecretStore>;

/** AWS's packages are those beside Ringfence: loading the project's would run its code before it is trusted. */
const openAws: OpenSecretStore = async (_root, { variables }) =>
  (await import("../adapters/secrets-aws/index.ts")).openAwsSecrets({ folder: undefined, variables });

const openVault: OpenSecretStore = async (_root, { variables }) =>
  (await import("../adapters/secrets-vault/index.ts")).openVaultSecrets({
    variables,
    home: variables.HOME || homedir(),
  });

/** The stores that are built in, by scheme. Each is loaded when a setting is kept there. */
const SECRET_STORES: Readonly<Record<string, OpenSecretStore>> = {
  file: async (root) => (await import("../adapters/secrets-file/index.ts")).openFileSecrets({ root }),
  cmd: (root, access) => openSecretCommand(root, "cmd", access),
  "aws-sm": openAws,
  "aws-ssm": openAws,
  "aws-sts": openAws,
  vault: openVault,
  "vault-lease": openVault,
};

async function openSecretStore(
  root: string,
  scheme: string,
  access: StoreAccess,
): Promise<SecretStore | undefined> {
  if (Object.hasOwn(SECRET_STORES, scheme)) return SECRET_STORES[scheme]!(root, access);
  return access.command && openSecretCommand(root, scheme, access);
}

/** The built settings library beside this module, for services whose project has not installed it. */
function settingsModule(): string {
  const here = dirname(fileURLToPath(import.meta.url));
  return import.meta.url.endsWith(".ts")
    ? join(here, "..", "settings", "index.ts")
    : join(here, "settings.js");
}

/** What a target seals with, so that it opens it again after a restart. The bytes of a locked identity protect nothing. */
function targetKey(home: string, project: Project, environment: Environment): string | undefined {
  if (!environment.holders.some(({ kind }) => kind === "identity")) return undefined;
  const isLocked = identityMaterial(home, project.name, environment.name) === "locked";
  return isLocked ? undefined : identityPath(home, project.name, environment.name);
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
  const warn = options.warn ?? ((text: string) => process.emitWarning(text));
  const wrap = options.wrapStore ?? ((store: Store) => store);
  const store = lazyStore({
    isThere: () => existsSync(storePath),
    open: async () => {
      ensureStateFolder(project.root);
      return wrap(await openStore(storePath));
    },
    empty: async () => (await import("../adapters/store-memory/index.ts")).createMemoryStore(),
  });
  return {
    project,
    home,
    host: options.host ?? hostname(),
    clock,
    variables,
    store,
    record: openRecord({
      store,
      storePath,
      project: project.name,
      home,
      clock,
      warn,
    }),
    artifacts: openArtifactsFolder(join(state, "artifacts")),
    source: openGitSource(project.root),
    builder: openBuilder({ project: project.root, settingsModule: settingsModule() }),
    opened: openingsOf({ project, home, command: options.command, as: options.as, warn }),
    editor: openEditor(withoutKeys(variables)),
    programs: answeringOnce(openProgramRunner()),
    keyServices: [openAwsKeyService()],
    keys: noAnswers(),
    askPassphrase: options.askPassphrase,
    rules: undefined,
    references: new Map(),
    secretStore: async (scheme, access) =>
      options.secretStores?.[scheme] ?? openSecretStore(project.root, scheme, access),
    layers: new Map(),
    leaseMs: options.leaseMs ?? LEASE_MS,
    scratch: join(state, "scratch"),
    target: (environment) =>
      openProcessTarget({
        environment: environment.name,
        folder: join(state, "environments", environment.name),
        keyFile: targetKey(home, project, environment),
        production: environment.policies.production,
      }),
    progress: options.progress ?? (() => {}),
    close: () => store.close(),
  };
}

/**
 * As {@link openApp}, able to hold settings against the project's rules: their language is loaded where there are some.
 *
 * @throws APP_NO_PROJECT, APP_MANIFEST_INVALID
 */
export async function openAppWithRules(options: AppOptions): Promise<App> {
  const app = openApp(options);
  return { ...app, rules: await checkerFor(app, app.project) };
}

/**
 * What holds settings against a project's rules, loaded where there are some. A release brings rules of its own, also
 * where the work tree's manifest has none.
 */
export async function checkerFor(
  app: Pick<App, "rules">,
  project: Project,
): Promise<RuleChecker | undefined> {
  if (app.rules || project.rules.length === 0) return app.rules;
  const { checkRules } = await import("../rules/index.ts");
  return checkRules;
}

/** What a repository holds; the folder need be no project. */
export function openRepositoryTexts(folder: string): RepositoryTexts {
  return openGitTexts(folder);
}

/** Where the project's repository looks for hooks. */
export function openCommitHooks({ project }: Pick<App, "project">): CommitHooks {
  return openGitHooks(project.root);
}

/** Asks vendors about credentials; only a check that is told to loads it. */
export async function openProbes(): Promise<Prober> {
  const { openProber } = await import("../adapters/probe-http/index.ts");
  return openProber();
}

/** Loaded by the scan alone: the rules are a quarter of a megabyte. */
export async function openLeakRules(): Promise<LeakRules> {
  const { secretlintRules } = await import("../adapters/rules-secretlint/index.ts");
  return secretlintRules();
}
