/**
 * A process of its own that loads a module of the project and answers its default export as JSON. It loads nothing
 * of the project but the files that were trusted, and of an error it tells the kind and the place, never the text.
 */
import { readFileSync, realpathSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { ModuleCall } from "../../ports/programs.ts";
import { NoPlainValue, plainValue } from "./plain-value.ts";
import { loadOnlyTrusted, NotTrusted } from "./trusted-files.ts";

type Request = Pick<ModuleCall, "folder" | "path" | "environment" | "files">;

const ANSWER = 3;
const CLASS = /^class\b/;
const ERROR_NAME = /^[A-Z]\w{0,40}$/;
const ERROR_CODE = /^E[A-Z0-9_]{2,60}$/;

/** The first place inside the project in an error's stack, as `config/base.ts:12:5`. */
function placeIn(stack: string, folder: string): string | undefined {
  const at = stack.replaceAll(pathToFileURL(folder).href, folder).indexOf(`${folder}/`);
  if (at < 0) return undefined;
  const rest = stack.replaceAll(pathToFileURL(folder).href, folder).slice(at + folder.length + 1);
  return /^[^\s:()]+(?::\d+){0,2}/.exec(rest)?.[0];
}

/** Why there is no value. An error's text may hold what it was about, so only its kind and place are told. */
function whyOf(error: unknown, folder: string): string {
  if (error instanceof NoPlainValue) return `${error.message}, which JSON can't hold`;
  if (!(error instanceof Error)) return "it threw something that is no error";
  const { code } = error as { code?: unknown };
  const kind = ERROR_NAME.test(error.name) ? error.name : "an error";
  const coded = typeof code === "string" && ERROR_CODE.test(code) ? ` ${code}` : "";
  const place = placeIn(error.stack ?? "", folder);
  return `it threw ${kind}${coded}${place === undefined ? "" : ` at ${place}`}`;
}

type Callable = ((environment: string) => unknown) & (new (environment: string) => unknown);

async function exportedValue({ folder, path, environment }: Request): Promise<unknown> {
  const { default: exported } = await import(pathToFileURL(join(folder, path)).href);
  if (typeof exported !== "function") return exported;
  const made = exported as Callable;
  return CLASS.test(Function.prototype.toString.call(made)) ? new made(environment) : made(environment);
}

async function answer(request: Request): Promise<unknown> {
  const folder = realpathSync(request.folder);
  try {
    loadOnlyTrusted(request);
    const value = plainValue(await exportedValue(request));
    return value === undefined ? { why: "it has no default export with a value" } : { value };
  } catch (error) {
    if (error instanceof NotTrusted) return { why: error.message, fix: error.fix };
    return { why: whyOf(error, folder) };
  }
}

writeFileSync(ANSWER, JSON.stringify(await answer(JSON.parse(readFileSync(0, "utf8")))));
// Whatever the module left running: its value has been given.
process.exit(0);
