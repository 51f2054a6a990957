/** What a person types unseen, at a real terminal: how it ends, and what is taken as the answer. */
import { spawn, spawnSync } from "node:child_process";
import { expect, onTestFinished, test } from "vitest";
import { describeWith } from "../../test/components.ts";

const missingScript =
  spawnSync("script", ["--version"]).status === 0 ? undefined : "script (apt-get install -y bsdutils)";

const INPUT = new URL("./input.ts", import.meta.url).href;
/** Says what it took; what stands before may watch for Ctrl-C. */
const asking = (before: string) =>
  `import { readUnseen } from "${INPUT}"; ${before} console.log("took", await readUnseen("say: "));`;
const WATCHING = 'process.once("SIGINT", () => { console.log("watched"); });';

/** Types once the question is there. */
function typed(code: string, answer: string): Promise<{ exit: number | null; shown: string }> {
  const line = `'${process.execPath}' --input-type=module -e '${code}'`;
  const child = spawn("script", ["-qec", line, "/dev/null"]);
  onTestFinished(() => void child.kill());
  let shown = "";
  let isAnswered = false;
  child.stdout.on("data", (chunk: Buffer) => {
    shown += chunk.toString();
    if (isAnswered || !shown.includes("say: ")) return;
    isAnswered = true;
    child.stdin.write(answer);
  });
  return new Promise((resolve) => {
    child.on("close", (exit) => resolve({ exit, shown }));
  });
}

describeWith("typed unseen", missingScript, () => {
  test.each([
    ["Enter", "planted\r", "planted"],
    ["Ctrl-D", "planted\u0004", "planted"],
    ["Backspace", "planter\u007fd\r", "planted"],
  ])("%s", async (_name, keys, taken) => {
    const { exit, shown } = await typed(asking(""), keys);
    expect(exit, shown).toBe(0);
    expect(shown).toMatch(new RegExp(`took ${taken}\\r?\\n`));
  });

  test.each([
    ["alone", ""],
    ["with a watch that does not end the process", WATCHING],
  ])("Ctrl-C ends it, and nothing is taken: %s", async (_name, before) => {
    const { exit, shown } = await typed(asking(before), "plan\u0003");
    expect(exit, shown).toBe(130);
    expect(shown).not.toContain("took");
    expect(shown.includes("watched")).toBe(before !== "");
  });
});
