import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { describeWith } from "../../test/components.ts";
import { commands } from "./catalogue.fixture.ts";
import { completionScript, SHELLS, type Shell } from "./completion.ts";
import { buildProgram } from "./program.ts";

const folder = mkdtempSync(join(tmpdir(), "ringfence-completion-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const program = buildProgram(commands, "1.2.3", { run: async () => {} });

/** Programs that ask each shell for the candidates of a line; its words are their arguments. */
const ASK: Readonly<Record<Shell, (script: string) => string>> = {
  bash: (script) => `source ${script}
COMP_WORDS=(ringfence "$@"); COMP_CWORD=$#; _ringfence; printf '%s\\n' "\${COMPREPLY[@]}"`,
  zsh: (script) => `compdef() { : }; source ${script}
compadd() { shift; print -l -- \${(M)@:#\${words[CURRENT]}*} }
_files() { : }
words=(ringfence "$@"); CURRENT=\${#words}; _ringfence`,
  fish: (script) => `source ${script}; complete -C "ringfence $argv"; true`,
};

function candidates(shell: Shell, words: readonly string[]): string[] {
  const script = join(folder, `script.${shell}`);
  writeFileSync(script, completionScript(shell, program));
  const extra = shell === "fish" ? ["--"] : [shell];
  const flags = shell === "zsh" ? ["-f"] : shell === "fish" ? ["--no-config"] : ["--norc"];
  const { stdout, stderr, status } = spawnSync(
    shell,
    [...flags, "-c", ASK[shell](script), ...extra, ...words],
    {
      encoding: "utf8",
      cwd: folder,
    },
  );
  if (status !== 0) throw new Error(`${shell}: ${stderr}`);
  return stdout
    .split("\n")
    .filter((line) => line !== "")
    .sort();
}

for (const shell of SHELLS) {
  const missing =
    spawnSync(shell, ["--version"]).status === 0 ? undefined : `${shell} (apt-get install -y ${shell})`;
  describeWith(shell, missing, () => completes(shell));
}

function completes(shell: Shell): void {
  test.each<[words: string[], expected: string[]]>([
    [["bo"], ["boat"]],
    [["boat", "s"], ["show"]],
    [
      ["boat", ""],
      ["--help", "list", "show"],
    ],
    [["-e", "boat", "sai"], ["sail"]],
    [
      ["boat", "list", "--colour", ""],
      ["blue", "red"],
    ],
    [
      ["boat", "list", "--c"],
      ["--colour", "--crew"],
    ],
    [["sail", "ada", "--dr"], ["--dry-run"]],
    [["completion", "z"], ["zsh"]],
    [["run", "--", "--js"], []],
  ])("%j", (words, expected) => {
    expect(candidates(shell, words)).toEqual(expected);
  });
}
