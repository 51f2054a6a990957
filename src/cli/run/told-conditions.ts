/** What `run --dry-run` says of an environment's conditions on this machine. */
import type { RunConditions } from "../../snapshot/conditions.ts";
import { machineMeans, planLimits } from "./limits.ts";

const octal = (mode: number): string => mode.toString(8).padStart(3, "0");

export interface ToldConditions {
  /** For `--json`. */
  readonly facts: {
    readonly limits: readonly string[];
    readonly unenforceable: readonly string[];
    readonly folders: readonly { readonly name: string; readonly path: string; readonly mode: string }[];
    readonly umask: string | null;
    readonly view: "all" | "own";
    readonly log: string | null;
  };
  /** For people. */
  readonly lines: readonly string[];
}

export function tellOf({ limits, folders, umask, view, logFile }: RunConditions): ToldConditions {
  const { kept, unkept } = limits ? planLimits(limits, machineMeans()) : { kept: [], unkept: [] };
  const facts = {
    limits: kept,
    unenforceable: unkept,
    folders: folders.map(({ name, path, mode }) => ({ name, path, mode: octal(mode) })),
    umask: umask === undefined ? null : octal(umask),
    view: view ? "own" : "all",
    log: logFile?.path ?? null,
  } as const;
  const lines = [
    ...facts.limits.map((text) => `  limit   ${text}`),
    ...facts.unenforceable.map(
      (text) => `  limit   ${text} (${limits?.unenforced === "warn" ? "warned about" : "refused"})`,
    ),
    ...facts.folders.map(({ name, path, mode }) => `  folder  ${name} ${path} (${mode})`),
    ...(facts.umask === null ? [] : [`  umask   ${facts.umask}`]),
    ...(view ? [`  view    own: ${view.hidden.length} paths of other environments hidden`] : []),
    ...(facts.log === null ? [] : [`  log     ${facts.log}`]),
  ];
  return { facts, lines };
}
