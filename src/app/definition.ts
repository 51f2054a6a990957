/**
 * What a capability's face to the world is made of: an operation (a mutation, through the door) or a query
 * (a read). One file in `app/<noun>/` defines one; CLI, API and docs are made from it.
 */
import type { Json } from "../base/canonical-json.ts";
import type { RingfenceError } from "../base/error.ts";
import type { Gate } from "../model/gate.ts";
import type { OperationRecord, Plan } from "../model/operation.ts";
import type { Environment } from "../model/project.ts";
import type { StoreTransaction } from "../ports/store/store.ts";
import type { Fence } from "../ports/target.ts";
import type { Actor } from "./actor.ts";
import type { App } from "./app.ts";

/** What checks a command's input; a zod object is one. */
export interface InputSchema<T> {
  safeParse(value: unknown):
    | { readonly success: true; readonly data: T }
    | {
        readonly success: false;
        readonly error: {
          readonly issues: readonly { readonly path: readonly PropertyKey[]; readonly message: string }[];
        };
      };
}

/**
 * `environment`: works on the selected environment (`-e`, variable, host name, default). `project`: on none.
 * `folder`: on any folder, with or without a manifest.
 */
export type Scope = "environment" | "project" | "folder";

/** What a definition's functions get. */
export interface Context {
  readonly app: App;
  readonly actor: Actor;
  /** The selected environment; throws in a definition whose scope is `project`. */
  readonly environment: Environment;
  /** The environment that `-e` names, guarded as a mutation's is; only for a definition whose flag is a `filter`. */
  readonly named: Environment | undefined;
  /** How the environment was selected; `flag` in a definition whose scope is `project`. */
  readonly method: "flag" | "variable" | "hostname" | "default";
  /** Why, for the record: the `--reason` flag. */
  readonly reason: string | null;
  /** The operation kind of that name, for what works on other operations. @throws OPERATION_UNKNOWN */
  readonly kind: (name: string) => Promise<Operation>;
  /** Everything on standard input, for values that must not be arguments. */
  readonly readInput: () => Promise<string>;
  /** For what a person must see beside the answer; on standard error. */
  readonly warn: (text: string) => void;
}

interface Face<I, S extends Scope = "environment" | "project"> {
  /** As typed: `release create`. */
  readonly name: string;
  /** One line, no full stop. */
  readonly summary: string;
  readonly scope: S;
  /**
   * Another way to select the environment, besides `-e`: the flag's name, or the first position. `filter`, where the
   * scope is `project`: `-e` may name the only one that it is about; see {@link Context.named}.
   */
  readonly environmentFlag?: "to" | "position" | "filter";
  /** Guarded as a mutation is: a production kind must be selected explicitly. Operations always are. */
  readonly explicit?: true;
  /** Flags and positionals; a field with `meta({ position })` is positional. */
  readonly input: InputSchema<I>;
}

export interface Query<I = Record<string, unknown>> extends Face<I> {
  run(context: Context, input: I): Promise<unknown>;
  /** Exit code for an answer, 0 when left out. */
  exit?(answer: never, input: I): number;
}

/** What a query about a folder gets: there may be no project. */
export interface FolderContext {
  /** The folder that was named, or the working folder; relative to the working folder, or absolute. */
  readonly folder: string;
  /** The process environment as the command got it. */
  readonly variables: Readonly<Record<string, string | undefined>>;
  /** For whoever watches something that takes its time; nothing is shown any more after an empty text. */
  readonly watch: (text: string) => void;
}

/** A query that needs no project. */
export interface FolderQuery<I = Record<string, unknown>> extends Face<I, "folder"> {
  run(context: FolderContext, input: I): Promise<unknown>;
  /** Exit code for an answer, 0 when left out. */
  exit?(answer: never): number;
}

/** What makes a project where there is none: there is no door yet to go through, no manifest that says who may, no record. */
export interface Setup<I = Record<string, unknown>> extends Face<I, "folder"> {
  /** Makes new files, and changes no other but where it is told to. With `dryRun` it writes nothing. */
  run(context: Pick<FolderContext, "folder"> & { readonly dryRun: boolean }, input: I): Promise<unknown>;
}

/** A plan before its digest is made. */
export type PlanDraft = Omit<Plan, "digest">;

/** What a step's `run` and `undo` get. */
export interface StepContext {
  readonly operation: string;
  readonly fence: Fence;
  /** Aborted when the lease is lost. */
  readonly signal: AbortSignal;
}

export interface Step {
  /** Idempotency key, unique in the operation and the same when it is resumed. */
  readonly key: string;
  readonly title: string;
  /** Looks at the real state first: after a crash it runs again. The result is evidence for the journal. */
  run?(step: StepContext): Promise<Json>;
  /** Idempotent as well. A step without it leaves nothing to undo. */
  undo?(step: StepContext): Promise<void>;
  /** Store changes that commit together with the step's journal entry. */
  commit?(transaction: StoreTransaction, operation: OperationRecord): Promise<void>;
  /** Once it is done there is no way back: what follows is only ever carried on. */
  readonly pivot?: true;
}

export interface Operation<I = Record<string, unknown>> extends Face<I> {
  /** Who is nobody in the manifest may do it too. */
  readonly anybody?: true;
  /** Left out: nobody is asked. Else what would happen is shown and must be confirmed, unless the input says that it was. */
  isConfirmed?(input: I, plan: Plan): boolean;
  /** Reads only; everything that would happen, as data. */
  plan(context: Context, input: I): Promise<PlanDraft>;
  /** Why an earlier plan is no longer true; undefined while it holds. Left out: it is planned again and compared. */
  changed?(context: Context, plan: Plan): Promise<string | undefined>;
  /** Left out: nothing stands in the way. */
  gates?(context: Context, plan: Plan, operation: OperationRecord): Promise<readonly Gate[]>;
  steps(context: Context, plan: Plan): readonly Step[];
  /** Looks at the world; throws when it is not as planned. */
  verify?(context: Context, plan: Plan): Promise<Json>;
  /** Store changes that commit together with the failure. */
  failed?(transaction: StoreTransaction, operation: OperationRecord): Promise<void>;
  /** What can be saved in this process of a failure that leaves nothing to resume: the error with how to get it back. */
  rescue?(context: Context, error: RingfenceError): RingfenceError;
  /** What the caller gets instead of the operation's own view. */
  answer?(context: Context, operation: OperationRecord): Promise<unknown>;
}

/** Types an operation; does nothing else. */
export function defineOperation<I>(operation: Operation<I>): Operation<I> {
  return operation;
}

/** Types a query; does nothing else. */
export function defineQuery<I>(query: Query<I>): Query<I> {
  return query;
}

/** Types a query about a folder; does nothing else. */
export function defineFolderQuery<I>(query: FolderQuery<I>): FolderQuery<I> {
  return query;
}

/** Types a setup; does nothing else. */
export function defineSetup<I>(setup: Setup<I>): Setup<I> {
  return setup;
}

/** Carries on an operation of any kind that waits or was interrupted. */
export interface Continuation<I = Record<string, unknown>> extends Face<I> {
  /** The operation and whether to take it back. */
  target(input: I): { readonly id: string; readonly undo: boolean };
}

/** Types a continuation; does nothing else. */
export function defineContinuation<I>(continuation: Continuation<I>): Continuation<I> {
  return continuation;
}
