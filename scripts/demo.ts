/**
 * `npm start`: takes a scratch copy of the taskmanager through its whole life with the real command line, and
 * leaves it running. `--exit` stops everything at the end, `--stop` stops one that runs.
 */

import { randomBytes } from "node:crypto";
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { type Load, startLoad } from "../test/load-generator.ts";
import { settlePorts } from "./demo/ports.ts";
import { chapter, openShell, proven, ROOT, type Shell, say } from "./demo/shell.ts";

const DEMO = join(ROOT, ".demo");
const PROJECT = join(DEMO, "taskmanager");
const HOME = join(DEMO, "home");
const EXAMPLE = join(ROOT, "examples", "taskmanager");
const ENVIRONMENTS = ["development", "staging", "production"] as const;
const REQUESTS_PER_SECOND = 300;
const NOT_COPIED = ["demo", "test", "README.md"];

interface Operation {
  readonly id: string;
  readonly state: string;
  readonly gates: readonly { readonly name: string; readonly state: string }[];
}

async function stop(shell: Shell): Promise<void> {
  for (const environment of ENVIRONMENTS) {
    await shell.ask(["env", "stop", "-e", environment, "--reason", "the demo ends"], { as: "author" });
  }
}

/** A copy of the example with nothing in it but what a team would have: its files, in git. */
async function copyExample(shell: Shell): Promise<number> {
  mkdirSync(HOME, { recursive: true, mode: 0o700 });
  cpSync(EXAMPLE, PROJECT, {
    recursive: true,
    filter: (path) => !NOT_COPIED.some((name) => path === join(EXAMPLE, name)),
  });
  await shell.quietly("git", ["init", "-q", "-b", "main"]);
  return settlePorts(join(PROJECT, "ringfence.yaml"));
}

async function commit(shell: Shell, message: string): Promise<void> {
  await shell.quietly("git", ["add", "-A"]);
  const identity = ["-c", "user.name=demo", "-c", "user.email=demo@localhost", "-c", "commit.gpgsign=false"];
  await shell.quietly("git", [...identity, "commit", "-q", "-m", message]);
}

async function prepare(shell: Shell): Promise<void> {
  chapter(
    "1  Keys and secrets",
    "Two people, an identity for each environment, and secrets that only it can open.",
  );
  await shell.show(["me", "init", "--name", "author"]);
  await shell.show(["me", "init", "--name", "approver"]);
  const secret = () => randomBytes(32).toString("hex");
  for (const environment of ENVIRONMENTS) {
    await shell.ask(["identity", "create", "-e", environment], { as: "author" });
    await shell.ask(["secret", "set", "JWT_SECRET_KEY", "-e", environment], {
      as: "author",
      input: secret(),
    });
  }
  for (const environment of ["staging", "production"]) {
    await shell.ask(["secret", "set", "SMTP_USERNAME", "-e", environment], {
      as: "author",
      input: `mailer-${environment}`,
    });
  }
  await shell.ask(["secret", "set", "SMTP_PASSWORD", "-e", "production"], { as: "author", input: secret() });
  proven("six secrets set, from standard input, each encrypted to its own environment");
  await commit(shell, "Describe three environments and keep their secrets");
  await shell.show(["config", "check", "-e", "production"]);
  await shell.show(["config", "explain", "JWT_ACCESS_TOKEN_EXPIRE_MINUTES", "-e", "development"]);
}

/** Into a stage that asks for approval: shut for the author, opened by another person, then carried on. */
async function promoteApproved(shell: Shell, version: string, to: string, seen: boolean): Promise<void> {
  const promote = ["promote", version, "--to", to];
  if (seen) await shell.show(promote, { as: "author", expect: 10 });
  const waiting = await shell.ask<Operation>(promote, { as: "author", expect: 10 });
  if (seen) await shell.show(["approve", waiting.id], { as: "approver" });
  else await shell.ask(["approve", waiting.id], { as: "approver" });
  await shell.show(["operation", "resume", waiting.id], { as: "author" });
}

async function firstRelease(shell: Shell): Promise<void> {
  chapter(
    "2  Release 1.0.0",
    "Built from a commit, content-addressed; through development and staging into production.",
  );
  await shell.show(["release", "create", "1.0.0"], { as: "author" });
  await shell.show(["promote", "1.0.0", "--to", "development"], { as: "author" });
  await promoteApproved(shell, "1.0.0", "staging", true);
  await promoteApproved(shell, "1.0.0", "production", false);
}

async function release(shell: Shell, version: string): Promise<void> {
  cpSync(join(EXAMPLE, "demo", version), PROJECT, { recursive: true });
  await commit(shell, `Make ${version}`);
  await shell.ask(["release", "create", version], { as: "author" });
  await shell.ask(["promote", version, "--to", "development"], { as: "author" });
  const waiting = await shell.ask<Operation>(["promote", version, "--to", "staging"], {
    as: "author",
    expect: 10,
  });
  await shell.ask(["approve", waiting.id], { as: "approver" });
  await shell.ask(["operation", "resume", waiting.id], { as: "author" });
  proven(`${version} is released and verified in development and staging`);
}

interface Status {
  readonly environments: readonly { readonly name: string; readonly addresses: { readonly api: string } }[];
}

async function production(shell: Shell): Promise<string> {
  const { environments } = await shell.ask<Status>(["status"]);
  return environments.find(({ name }) => name === "production")!.addresses.api;
}

async function load(shell: Shell): Promise<Load> {
  return startLoad({
    url: `${await production(shell)}/status`,
    requestsPerSecond: REQUESTS_PER_SECOND,
    connections: 20,
    kindOf: (body) => (JSON.parse(body) as { release: string }).release,
  });
}

async function counted(running: Load, claim: string): Promise<void> {
  const { sent, failed, answers, p50Ms, p99Ms } = await running.stop();
  const lost = Object.values(failed).reduce((sum, count) => sum + count, 0);
  const who = Object.entries(answers)
    .map(([version, count]) => `${count} by ${version}`)
    .join(", ");
  if (lost > 0) throw new Error(`${claim}: ${lost} of ${sent} requests failed: ${JSON.stringify(failed)}`);
  proven(
    `${claim}: ${sent} requests, 0 failed (${who}); p50 ${p50Ms.toFixed(1)} ms, p99 ${p99Ms.toFixed(1)} ms`,
  );
}

async function secondRelease(shell: Shell): Promise<void> {
  chapter(
    "3  Release 1.1.0, blue-green under load",
    `${REQUESTS_PER_SECOND} requests a second run through the switch.`,
  );
  await release(shell, "1.1.0");
  const running = await load(shell);
  await promoteApproved(shell, "1.1.0", "production", false);
  await counted(running, "switched");
}

async function brokenRelease(shell: Shell): Promise<void> {
  chapter(
    "4  Release 1.2.0, broken",
    "Ready, smoke requests pass; under real traffic its connection pool runs dry.",
  );
  await release(shell, "1.2.0");
  const running = await load(shell);
  const waiting = await shell.ask<Operation>(["promote", "1.2.0", "--to", "production"], {
    as: "author",
    expect: 10,
  });
  await shell.ask(["approve", waiting.id], { as: "approver" });
  await shell.show(["operation", "resume", waiting.id], { as: "author", expect: 1 });
  await counted(running, "rolled back by itself; no caller saw an error");
  await shell.show(["promote", "1.2.0", "--to", "production", "--dry-run"], { as: "author" });
}

async function proof(shell: Shell): Promise<void> {
  chapter("5  The record", "Every step above, in a log that can't be altered unseen.");
  await shell.show(["audit", "log", "--limit", "6"]);
  await shell.show(["audit", "verify"]);
  await shell.show(["status"]);
}

async function farewell(shell: Shell): Promise<void> {
  const entry = "node ../../dist/ringfence.cjs";
  chapter(
    "Try it yourself",
    "Three environments are running. Their project is a scratch copy in .demo/taskmanager.",
  );
  say(`cd .demo/taskmanager && export RINGFENCE_HOME=$PWD/../home RINGFENCE_AS=author`);
  say(`curl -s ${await production(shell)}/status`);
  say(`${entry} config show -e production`);
  say(`${entry} run -e development -- env | grep JWT`);
  say(`${entry} rollback production --reason "just to see it"`);
  say(`${entry} operation list`);
  say("and when you are done, from the checkout: npm start -- --stop");
}

async function main(): Promise<void> {
  const shell = openShell(PROJECT, HOME);
  const running = existsSync(join(PROJECT, ".ringfence"));
  if (process.argv.includes("--stop")) {
    if (running) await stop(shell);
    say(running ? "stopped" : "nothing runs");
    return;
  }
  const began = performance.now();
  if (running) await stop(shell);
  rmSync(DEMO, { recursive: true, force: true });
  mkdirSync(PROJECT, { recursive: true });
  const offset = await copyExample(shell);
  const { version } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as { version: string };
  say(`Ringfence ${version}: a release travels from development to production. Every command below is real.`);
  if (offset > 0) say(`The example's own ports are taken here; the demo uses those ${offset} above them.`);
  try {
    await prepare(shell);
    await firstRelease(shell);
    await secondRelease(shell);
    await brokenRelease(shell);
    await proof(shell);
  } catch (error) {
    await stop(shell).catch(() => {});
    throw error;
  }
  proven(`done in ${((performance.now() - began) / 1_000).toFixed(0)} s`);
  if (process.argv.includes("--exit")) await stop(shell);
  else await farewell(shell);
}

try {
  await main();
} catch (error) {
  process.stderr.write(`\nThe demo stopped: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
