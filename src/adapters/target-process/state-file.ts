/** The supervisor's state on disk: read once, then every change is written before it is used. */
import { writeFileAtomic } from "../../base/atomic-file.ts";
import { systemCode } from "../../base/error.ts";
import { targetErrors } from "./errors.ts";
import { folderIdentity, type Layout, readJson } from "./folders.ts";
import { EMPTY_STATE, parseState, type SupervisorState } from "./state.ts";

/** The kept state without a supervisor; undefined when nothing was ever claimed. @throws TARGET_STATE_UNREADABLE */
export function readState(layout: Layout): SupervisorState | undefined {
  if (folderIdentity(layout.run) === undefined) return undefined;
  const content = readJson(layout.state);
  return content === undefined ? undefined : parseState(content, layout.state);
}

export class StateFile {
  readonly #layout: Layout;
  readonly #folder: string | undefined;
  #state: SupervisorState;

  /** @throws TARGET_STATE_UNREADABLE */
  constructor(layout: Layout) {
    this.#layout = layout;
    this.#folder = folderIdentity(layout.run);
    this.#state = readState(layout) ?? EMPTY_STATE;
  }

  read(): SupervisorState {
    return this.#state;
  }

  /** False when the folder was removed, also when another stands in its place now. */
  stands(): boolean {
    return this.#folder !== undefined && folderIdentity(this.#layout.run) === this.#folder;
  }

  /**
   * Replaces the state, durably. In a folder that was removed nothing is written: it would come back.
   *
   * @throws TARGET_FOLDER_UNUSABLE; the old state is then still the kept one.
   */
  write(next: SupervisorState): void {
    if (next === this.#state) return;
    try {
      if (this.stands()) writeFileAtomic(this.#layout.state, `${JSON.stringify(next, null, 2)}\n`, 0o600);
    } catch (error) {
      throw targetErrors.TARGET_FOLDER_UNUSABLE({
        what: `${this.#layout.state} can't be written: ${systemCode(error) ?? error}`,
        where: this.#layout.state,
        why: "nothing is done that could not be recorded",
        fix: `df -h '${this.#layout.run}' && ls -ld '${this.#layout.run}'`,
        cause: error,
      });
    }
    this.#state = next;
  }
}
