/**
 * Who opened an environment's secrets with which command: one line in its spool for each environment that a command
 * opens, written before anything is done with the values. It needs no store, so that a query makes none.
 */
import { isRingfenceError } from "../base/error.ts";
import type { Environment, Project } from "../model/project.ts";
import { appendSpool, type IdentityKind } from "../snapshot/spool.ts";
import { findActor } from "./actor.ts";

/** What was opened. */
interface Opened {
  readonly values: readonly { readonly name: string }[];
  readonly digest: string;
}

/** With what; the operation for an identity that was handed out for a time. */
export type Opener = Exclude<IdentityKind, "break-glass"> | { readonly operation: string };

/** Notes that an environment's secrets were opened; only the first time in a command is recorded. */
export type NoteOpening = (environment: Environment, opened: Opened, opener: Opener) => void;

interface Facts {
  readonly project: Project;
  readonly home: string;
  /** As typed; undefined for a run, which records what it injects. */
  readonly command: string | undefined;
  /** Who is said to act. */
  readonly as: string | undefined;
  readonly warn: (text: string) => void;
}

/** Who acts, as far as the keys on this machine say: the reading itself needs nobody. */
function personOf({ project, home, as }: Facts): string | undefined {
  try {
    return findActor(project, home, as).person?.name;
  } catch (error) {
    if (isRingfenceError(error)) return undefined;
    throw error;
  }
}

/**
 * @returns what throws SPOOL_UNWRITABLE where the environment demands a record that can't be written; elsewhere it is
 * a warning.
 */
export function openingsOf(facts: Facts): NoteOpening {
  const noted = new Set<string>();
  return ({ name, policies }, { values, digest }, opener) => {
    const isOrdinary = typeof opener === "string";
    // A run records what it injects, but not with what it was opened.
    if ((facts.command === undefined && isOrdinary) || noted.has(name)) return;
    noted.add(name);
    const person = personOf(facts);
    const { command = "run", project } = facts;
    try {
      appendSpool(
        project.root,
        {
          event: "opened",
          environment: name,
          command,
          secrets: values.map((value) => value.name),
          revision: digest,
          ...(isOrdinary ? { identity: opener } : { identity: "break-glass", operation: opener.operation }),
          ...(person !== undefined && { person }),
        },
        policies.runRecordRequired,
      );
    } catch (error) {
      if (policies.runRecordRequired || !isRingfenceError(error, "SPOOL_UNWRITABLE")) throw error;
      facts.warn(
        `${error.code}: ${error.message}: ${error.why} (the secrets of ${name} were opened without a record)`,
      );
    }
  };
}
