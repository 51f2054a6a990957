/** Runs a project's own build in the checkout and takes over what it wrote. */
import { spawn } from "node:child_process";
import { cp, realpath, stat } from "node:fs/promises";
import { basename, delimiter, dirname, join, resolve } from "node:path";
import { systemCode } from "../../base/error.ts";
import { isInside } from "../../base/folder.ts";
import type { ServiceBuild } from "../../model/project.ts";
import type { BuildOutput } from "../../ports/builder.ts";
import { buildErrors } from "./errors.ts";

type CommandBuild = Extract<ServiceBuild, { kind: "command" }>;

/** Enough for any tool's last words. */
const KEPT_OUTPUT = 64 * 1024;
const SHOWN_LINES = 30;

/** What tools need to run at all, and nothing that could carry a setting or a secret into the artifact. */
function buildEnvironment(checkout: string, outer: NodeJS.ProcessEnv): Record<string, string> {
  const path = [join(checkout, "node_modules", ".bin"), dirname(process.execPath), outer.PATH ?? ""];
  const kept = ["HOME", "TMPDIR", "SystemRoot"].flatMap((name) =>
    outer[name] === undefined ? [] : [[name, outer[name]] as const],
  );
  return { ...Object.fromEntries(kept), PATH: path.join(delimiter), LANG: "C.UTF-8", CI: "true" };
}

interface Ending {
  /** `exit code 2`, `signal SIGKILL`; undefined when it went well. */
  readonly fault: string | undefined;
  readonly output: string;
}

function runCommand(command: readonly string[], checkout: string): Promise<Ending> {
  const [program = "", ...args] = command;
  return new Promise((done, fail) => {
    let output = "";
    const child = spawn(program, args, {
      cwd: checkout,
      env: buildEnvironment(checkout, process.env),
      stdio: ["ignore", "pipe", "pipe"],
    });
    const keep = (chunk: string) => {
      output = (output + chunk).slice(-KEPT_OUTPUT);
    };
    child.stdout.setEncoding("utf8").on("data", keep);
    child.stderr.setEncoding("utf8").on("data", keep);
    child.on("error", fail);
    child.on("close", (code, signal) => {
      done({ fault: code === 0 ? undefined : signal ? `signal ${signal}` : `exit code ${code}`, output });
    });
  });
}

/** The first `file:line:column` in a tool's output, as compilers print it. */
function firstPlace(output: string): string | undefined {
  const match = /(?:^|[\s(])((?:[\w@.-]+\/)*[\w@.-]+\.\w+)[:(](\d+)[:,](\d+)/m.exec(output);
  return match ? `${match[1]}:${match[2]}:${match[3]}` : undefined;
}

function commandFailed(service: string, build: CommandBuild, fault: string, output: string): Error {
  const lines = output.trimEnd().split("\n").slice(-SHOWN_LINES);
  return buildErrors.BUILD_FAILED({
    what: `the build of service ${service} ended with ${fault}`,
    where: firstPlace(output) ?? `ringfence.yaml services.${service}.build.command`,
    why: lines.join("\n").trim() || "it printed nothing",
    fix: `run it yourself in a clean checkout: ${build.command.join(" ")}`,
  });
}

async function findOutput(service: string, build: CommandBuild, checkout: string): Promise<string> {
  const root = await realpath(checkout);
  const output = await realpath(resolve(root, build.output)).catch((error: unknown) => {
    if (systemCode(error) === "ENOENT" || systemCode(error) === "ENOTDIR") return undefined;
    throw error;
  });
  if (output !== undefined && isInside(root, output)) return output;
  throw buildErrors.BUILD_ENTRY_MISSING({
    what: `the build of service ${service} did not write ${build.output}`,
    where: `ringfence.yaml services.${service}.build.output`,
    why: output === undefined ? "nothing is there after the command" : "it lies outside of the checkout",
    fix: `let services.${service}.build.output name what \`${build.command.join(" ")}\` writes, relative to the project`,
  });
}

/**
 * Runs the command without a shell in the checkout, then copies its output (a folder's content, or one file).
 *
 * @throws BUILD_FAILED, BUILD_ENTRY_MISSING
 */
export async function runBuild(
  service: string,
  build: CommandBuild,
  checkout: string,
  scratch: string,
): Promise<BuildOutput> {
  const ending = await runCommand(build.command, checkout).catch((error: unknown) => {
    const code = systemCode(error);
    if (code === undefined) throw error;
    const why = code === "ENOENT" ? `${build.command[0]} was not found` : String(error);
    throw commandFailed(service, build, `no start (${code})`, why);
  });
  if (ending.fault !== undefined) throw commandFailed(service, build, ending.fault, ending.output);
  const output = await findOutput(service, build, checkout);
  const isFolder = (await stat(output)).isDirectory();
  // The linked packages belong to the work tree; where the output is the whole checkout they stay behind.
  const packages = join(await realpath(checkout), "node_modules");
  await cp(output, isFolder ? scratch : join(scratch, basename(output)), {
    recursive: true,
    verbatimSymlinks: true,
    filter: (path) => path !== packages,
  });
  return { folder: scratch, start: build.start };
}
