/**
 * Follows the settings of a running process.
 *
 * idle ─ an input or the snapshot changes, then it is quiet ─▶ looking ─ fresh ─▶ delivered or unchanged ─▶ idle
 * looking ─ stale ─▶ compiling (the `ringfence` command) ─▶ looking; ─ an error ─▶ reported, the last good stay ─▶ idle
 *
 * One look at a time; what happens during one is looked at after it.
 */
import { resolve } from "node:path";
import { readSnapshot, snapshotPath } from "../snapshot/snapshot.ts";
import { compileAgain } from "./compile.ts";
import { readDeclared } from "./declared.ts";
import { settingsErrors } from "./errors.ts";
import { FileEvents } from "./file-events.ts";
import { startedIn } from "./load.ts";
import {
  freshSnapshot,
  type LoadOptions,
  type OpenedSnapshot,
  openSnapshotHere,
  recordOpening,
} from "./sealed.ts";
import type { Variables } from "./specification.ts";

export interface WatchOptions extends LoadOptions {
  /** Told what went wrong while the last good settings stay; a warning of the process unless given. */
  readonly onError?: (error: unknown) => void;
  /** How the `ringfence` command is started: this package's, the project's, or that of PATH unless told. */
  readonly command?: readonly string[];
}

/** Everything that changed, at once. */
export interface SettingsChange<T> {
  readonly settings: T;
  /** Names, sorted; also of settings that came or went. */
  readonly changed: readonly string[];
}

export interface SettingsWatch<T> {
  /** The last good ones. */
  readonly settings: T;
  /** Why newer ones can't be used; undefined while these are the newest. */
  readonly error: unknown;
  /** Ends it; nothing is called any more. */
  close(): void;
}

/** Editors write a file in several steps, and people save several files: one change. */
const QUIET_MS = 50;

function changedNames(
  before: OpenedSnapshot["snapshot"],
  after: OpenedSnapshot["snapshot"],
): readonly string[] {
  const names = new Set([...Object.keys(before.shapes), ...Object.keys(after.shapes)]);
  return [...names]
    .filter(
      (name) =>
        before.variables[name] !== after.variables[name] || before.shapes[name] !== after.shapes[name],
    )
    .sort();
}

function warn(error: unknown): void {
  process.emitWarning(error instanceof Error ? error : String(error));
}

class Watching<T> implements SettingsWatch<T> {
  settings: T;
  error: unknown;
  #opened: OpenedSnapshot;
  readonly #onChange: (change: SettingsChange<T>) => void;
  readonly #options: WatchOptions;
  readonly #events = new FileEvents(() => this.#soon());
  readonly #end = new AbortController();
  #timer: NodeJS.Timeout | undefined;
  #looking = false;
  /** The command is of another version than this library: to have it compile again leads nowhere. */
  #foreign = false;
  #again = false;

  constructor(opened: OpenedSnapshot, onChange: (change: SettingsChange<T>) => void, options: WatchOptions) {
    this.#opened = opened;
    this.#onChange = onChange;
    this.#options = options;
    this.settings = this.#read();
    this.#follow([]);
    // What changed before the first event could be seen.
    this.#soon();
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#events.close();
    this.#end.abort();
  }

  /** The type is the caller's: what a project declares is not known here. */
  #read(): T {
    const { shapes, variables } = this.#opened.snapshot;
    return readDeclared(shapes, variables) as T;
  }

  /** @param more inputs besides the snapshot's own: of a manifest that could not be compiled. */
  #follow(more: readonly string[]): void {
    const { root, snapshot } = this.#opened;
    const inputs = [...snapshot.inputs.map(({ path }) => path), ...more];
    const paths = new Set(inputs.map((path) => resolve(root, path)));
    this.#events.follow([...paths, snapshotPath(root, snapshot.environment)]);
  }

  #soon(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#look(), QUIET_MS).unref();
  }

  async #look(): Promise<void> {
    if (this.#looking) {
      this.#again = true;
      return;
    }
    this.#looking = true;
    try {
      await this.#update();
    } catch (error) {
      this.#report(error);
    } finally {
      this.#looking = false;
      if (this.#again && !this.#end.signal.aborted) this.#soon();
      this.#again = false;
    }
  }

  async #update(): Promise<void> {
    // First, so that what happens from here on is an event.
    this.#follow([]);
    const { root, home, snapshot } = this.#opened;
    const owner = { project: snapshot.project, environment: snapshot.environment };
    let reading = readSnapshot(root, home, owner);
    if (!("snapshot" in reading)) {
      if (reading.foreign && this.#foreign) return;
      const { command } = this.#options;
      const { error, inputs } = await compileAgain(this.#opened, { command, signal: this.#end.signal });
      if (this.#end.signal.aborted) return;
      if (inputs.length > 0) this.#follow(inputs);
      if (error) throw error;
      reading = readSnapshot(root, home, owner);
    }
    this.#foreign = "stale" in reading && reading.foreign === true;
    this.#take({ ...this.#opened, snapshot: freshSnapshot(reading, root, snapshot.environment) });
  }

  #take(opened: OpenedSnapshot): void {
    const before = this.#opened;
    const changed = changedNames(before.snapshot, opened.snapshot);
    this.#opened = opened;
    try {
      if (changed.length > 0) {
        const settings = this.#read();
        recordOpening(opened);
        this.settings = settings;
      }
      this.#follow([]);
    } catch (error) {
      this.#opened = before;
      throw error;
    }
    this.error = undefined;
    if (changed.length > 0) this.#deliver(changed);
  }

  /** What the listener throws is told, but takes nothing back. */
  #deliver(changed: readonly string[]): void {
    try {
      this.#onChange({ settings: this.settings, changed });
    } catch (error) {
      this.#say(error);
    }
  }

  #report(error: unknown): void {
    if (this.#end.signal.aborted) return;
    this.error = error;
    this.#say(error);
  }

  #say(error: unknown): void {
    const { onError = warn } = this.#options;
    try {
      onError(error);
    } catch (failure) {
      warn(failure);
    }
  }
}

/**
 * See `watch` in the index.
 *
 * @throws SETTINGS_UNWATCHABLE in a release; what opening a snapshot throws.
 */
export function watchDeclared<T>(
  onChange: (change: SettingsChange<T>) => void,
  options: WatchOptions,
  variables: Variables,
): SettingsWatch<T> {
  if (variables.RINGFENCE_RELEASE) {
    throw settingsErrors.SETTINGS_UNWATCHABLE({
      what: "the settings of a release do not follow the project's files",
      where: `release ${variables.RINGFENCE_RELEASE}`,
      why: "they change by a promotion, which starts a new set",
      fix: "ringfence promote <version> --to <environment>",
    });
  }
  const started = startedIn(options, variables);
  const opened = openSnapshotHere(
    started === undefined ? options : { ...options, environment: started },
    variables,
  );
  // A run has recorded its own injection.
  if (started === undefined) recordOpening(opened);
  return new Watching(opened, onChange, options);
}
