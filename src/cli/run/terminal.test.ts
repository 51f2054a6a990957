import { spawn, spawnSync } from "node:child_process";
import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "vitest";
import { describeWith } from "../../../test/components.ts";
import type { Snapshot } from "../../snapshot/snapshot.ts";
import { entry, project, useHotEntry, variablesOf } from "./entry.fixture.ts";

useHotEntry();

const found = (name: string) => spawnSync("sh", ["-c", `command -v ${name}`]).status === 0;

/** An interactive shell on a terminal of its own, as script(1) makes it. */
function openTerminal() {
  const child = spawn("script", ["-qec", "bash --norc --noprofile -i", "/dev/null"], {
    cwd: project.root,
    env: variablesOf({ PS1: "> ", TERM: "dumb" }),
  });
  const ended = new Promise((resolve) => child.once("close", resolve));
  let seen = "";
  let look = () => {};
  child.stdout.on("data", (chunk) => {
    seen += String(chunk);
    look();
  });
  return {
    type: (text: string) => child.stdin.write(text),
    /** Waits for a text behind what was waited for before. */
    until: (text: string) =>
      new Promise<void>((resolve) => {
        look = () => {
          const at = seen.indexOf(text);
          if (at < 0) return;
          seen = seen.slice(at + text.length);
          look = () => {};
          resolve();
        };
        look();
      }),
    close: async () => {
      child.stdin.end("exit\n");
      await ended;
    },
  };
}

/** Starts nothing after its first word: a process that is stopped while it starts another can't be seen to be stopped. */
const JOB = `#!/bin/sh
sleep 600 &
trap 'echo went-on' CONT
trap 'echo interrupted; kill $!; exit 3' INT
echo started
while :; do wait; done
`;

const modes: [string, Partial<Snapshot>][] = [
  ["direct", {}],
  ["scrubbed", { runOutput: "scrubbed" }],
];
const inView: [string, Partial<Snapshot>] = [
  "in a view of its own",
  { conditions: { folders: [], logLevel: "INFO", logFormat: "text", view: { hidden: [], writable: [] } } },
];

function jobControl(name: string, changes: Partial<Snapshot>): void {
  test(`${name}: Ctrl-Z stops it, fg goes on, Ctrl-C reaches the command alone and its code comes back`, async () => {
    project.compile(changes);
    const job = join(project.root, "job");
    writeFileSync(job, JOB);
    chmodSync(job, 0o755);
    const terminal = openTerminal();
    terminal.type(`${process.execPath} ${entry} run -e development -- ./job\n`);
    await terminal.until("started");
    terminal.type("\x1a");
    await terminal.until("Stopped");
    terminal.type("fg; echo code=$?\n");
    await terminal.until("went-on");
    terminal.type("\x03");
    await terminal.until("interrupted");
    await terminal.until("code=3");
    await terminal.close();
  });
}

describeWith("on a terminal", found("script") ? undefined : "script", () => {
  for (const [name, changes] of modes) jobControl(name, changes);
});

describeWith("on a terminal, in a view", found("script") && found("bwrap") ? undefined : "bwrap", () => {
  jobControl(...inView);
});
