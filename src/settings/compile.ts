/** Has the `ringfence` command compile an environment's settings: this library reads no YAML and checks no rules. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { settingsErrors } from "./errors.ts";
import { compileCommand, type OpenedSnapshot } from "./sealed.ts";

const WITHIN_MS = 60_000;
/** What the command needs of this process's variables; the others may be settings, or options of Node's own. */
const HANDED_ON = [
  "PATH",
  "HOME",
  "USER",
  "LANG",
  "TMPDIR",
  "TZ",
  "SystemRoot",
  "USERPROFILE",
  "APPDATA",
  "TEMP",
];

export interface Compiled {
  /** The files that the settings hang on, as the manifest says now; empty where it can't be read. */
  readonly inputs: readonly string[];
  /** Why nothing could be compiled. */
  readonly error?: Error;
}

/** The command of this package or of the project's, else what PATH has. */
function ringfenceCommand(root: string): readonly string[] {
  const here = import.meta.dirname as string | undefined;
  const places = [...(here === undefined ? [] : [here]), join(root, "node_modules/ringfence/dist")];
  const entry = places.map((folder) => join(folder, "ringfence.cjs")).find((path) => existsSync(path));
  return entry === undefined ? ["ringfence"] : [process.execPath, entry];
}

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

async function run(command: readonly string[], home: string, signal: AbortSignal): Promise<Ended> {
  // It loads sockets and more, which a process that only reads its settings does not need.
  const { spawn } = await import("node:child_process");
  const kept = HANDED_ON.flatMap((name) =>
    process.env[name] === undefined ? [] : [[name, process.env[name]]],
  );
  return new Promise((resolve, reject) => {
    const child = spawn(command[0]!, command.slice(1), {
      env: { ...Object.fromEntries(kept), RINGFENCE_HOME: home },
      stdio: ["ignore", "pipe", "pipe"],
      timeout: WITHIN_MS,
      signal,
    });
    const texts = { stdout: "", stderr: "" };
    child.stdout.setEncoding("utf8").on("data", (text) => (texts.stdout += text));
    child.stderr.setEncoding("utf8").on("data", (text) => (texts.stderr += text));
    child.on("error", reject).on("close", (code) => resolve({ code, ...texts }));
  });
}

function parsed(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

interface Finding {
  readonly code: string;
  readonly severity: string;
  readonly where: string;
  readonly why: string;
  readonly fix: string;
}

/** What the command says holds no secret: neither its findings nor its errors ever do. */
function refused({ root, snapshot }: OpenedSnapshot, { code, stdout, stderr }: Ended): Error {
  const { environment } = snapshot;
  const what = `the changed settings of ${environment} can't be used; the last good ones stay`;
  const findings = ((parsed(stdout).findings ?? []) as readonly Finding[]).filter(
    ({ severity }) => severity === "error",
  );
  if (findings.length > 0) {
    return settingsErrors.SETTINGS_REFUSED({
      what,
      where: findings[0]!.where,
      why: findings.map((finding) => `${finding.where} ${finding.code}: ${finding.why}`).join("\n"),
      fix: findings.length === 1 ? findings[0]!.fix : `ringfence config check -e ${environment}`,
      details: { environment, findings },
    });
  }
  const error = (parsed(stderr.trim().split("\n").at(-1) ?? "").error ?? {}) as Readonly<
    Record<string, unknown>
  >;
  const told = [error.code, error.what, error.why].filter((part) => typeof part === "string").join(": ");
  return settingsErrors.SETTINGS_REFUSED({
    what,
    where: typeof error.where === "string" ? error.where : root,
    why: told || `the command ended with ${code}: ${stderr.trim().slice(0, 500)}`,
    fix: typeof error.fix === "string" ? error.fix : compileCommand(root, environment),
    details: { environment, error },
  });
}

/** Compiles anew; never throws: what goes wrong is the answer's error. */
export async function compileAgain(
  opened: OpenedSnapshot,
  { command, signal }: { readonly command: readonly string[] | undefined; readonly signal: AbortSignal },
): Promise<Compiled> {
  const { root, home, force, snapshot } = opened;
  const base = command ?? ringfenceCommand(root);
  const words = ["config", "compile", "-e", snapshot.environment, "--project", root, "--json"];
  try {
    const forced = force === undefined ? [] : ["--force", force];
    const ended = await run([...base, ...words, ...forced], home, signal);
    const inputs = (parsed(ended.stdout).inputs ?? []) as readonly string[];
    return ended.code === 0 ? { inputs } : { inputs, error: refused(opened, ended) };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return {
      inputs: [],
      error: settingsErrors.SETTINGS_REFUSED({
        what: `the changed settings of ${snapshot.environment} can't be compiled; the last good ones stay`,
        where: base.join(" "),
        why,
        fix: "npm install --save-dev ringfence   # or name the command: watch(onChange, { command: [...] })",
        cause: error,
      }),
    };
  }
}
