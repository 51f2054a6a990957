/** The hook that scans what is about to be committed: its text, its place, and what stood there before. */
import { existsSync, lstatSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Digest, digestOfBytes } from "../../base/digest.ts";
import { shellWord } from "../../base/shell-word.ts";
import type { HookPlace } from "../../ports/commit-hooks.ts";
import { type App, openCommitHooks } from "../app.ts";
import { appErrors } from "../errors.ts";

const MARK = "# Made by ringfence secret hook install; ringfence secret hook remove takes it away.";
const KEPT = "pre-commit.before-ringfence";

/** A repository may have several projects: each has a line in the hook, and they are scanned in turn. */
const LINE = /^scan (.+) \|\| exit \$\?$/gm;
/** As the hook of an earlier version has the one folder that it knows. */
const FORMER_LINE = /^cd (.+) \|\| exit 1$/gm;

function lineOf({ project }: HookPlace): string {
  return `scan ${shellWord(project === "" ? "." : project)} || exit $?`;
}

function linesIn(text: string | undefined): string[] {
  if (text === undefined || !isOurHook(text)) return [];
  const lines = [...text.matchAll(LINE)].map(([line]) => line);
  const former = [...text.matchAll(FORMER_LINE)].map(([, word]) => `scan ${word} || exit $?`);
  return [...lines, ...former];
}

/** Relative index files count from where git starts a hook, so they are told before the folder changes. */
function textOf(lines: readonly string[]): string {
  return `#!/bin/sh
${MARK}
former="$(dirname "$0")/${KEPT}"
if [ -x "$former" ]; then "$former" "$@" || exit $?; fi
case "$GIT_INDEX_FILE" in
  "" | /*) ;;
  *) export GIT_INDEX_FILE="$PWD/$GIT_INDEX_FILE" ;;
esac
scan() (
  cd "$1" || exit
  if [ -x node_modules/.bin/ringfence ]; then exec node_modules/.bin/ringfence secret scan --staged; fi
  if command -v ringfence >/dev/null; then exec ringfence secret scan --staged; fi
  echo "nothing was committed: ringfence is not installed, and nobody looked for secrets" >&2
  exit 1
)
${lines.join("\n")}
`;
}

/** The hook without a project's line; undefined where no other project has one. */
export function hookWithout(text: string, line: string): string | undefined {
  const others = linesIn(text).filter((other) => other !== line);
  return others.length === 0 ? undefined : textOf(others);
}

/** Tools that say themselves what runs before a commit, by a file of theirs, and what they are to be told. */
const TOOLS: readonly { readonly name: string; readonly file: string; readonly how: string }[] = [
  { name: "husky", file: ".husky", how: "add a line to .husky/pre-commit: ringfence secret scan --staged" },
  ...["lefthook.yml", "lefthook.yaml", ".lefthook.yml", ".lefthook.yaml"].map((file) => ({
    name: "lefthook",
    file,
    how: `add to ${file}: pre-commit: { commands: { secrets: { run: ringfence secret scan --staged } } }`,
  })),
  {
    name: "pre-commit",
    file: ".pre-commit-config.yaml",
    how: "add to .pre-commit-config.yaml: { repo: local, hooks: [{ id: secrets, name: secrets, entry: ringfence secret scan --staged, language: system, pass_filenames: false }] }",
  },
];

export interface HookState {
  readonly path: string;
  /** Where a hook of others is kept, and run first. */
  readonly keptPath: string;
  /** With this project and the others that it has now. */
  readonly text: string;
  /** This project's line in it. */
  readonly line: string;
  /** What stands there now, where it is ours; else null. */
  readonly ours: string | null;
  /** Of what stands there now; null for nothing. */
  readonly before: Digest | null;
  /** What stands there was made by us, perhaps by an earlier version. */
  readonly isOurs: boolean;
  /** It scans this project. */
  readonly isInstalled: boolean;
  readonly isKept: boolean;
}

/** The text of a plain file; undefined where there is none. */
export function hookText(path: string): string | undefined {
  return lstatSync(path, { throwIfNoEntry: false })?.isFile() ? readFileSync(path, "utf8") : undefined;
}

export function isOurHook(text: string | undefined): boolean {
  return text?.includes(MARK) ?? false;
}

/** @throws SECRET_HOOK_ELSEWHERE */
function assertHere({ folder, top, own }: HookPlace): void {
  const tool = TOOLS.find(({ file }) => existsSync(join(top, file)));
  if (!tool && own) return;
  throw appErrors.SECRET_HOOK_ELSEWHERE({
    what: tool
      ? `${tool.name} says what runs before a commit here`
      : "the hooks' folder is not this repository's own",
    where: tool ? tool.file : folder,
    why: tool
      ? "it writes the hook itself, and would lose ours"
      : "core.hooksPath leads there for every repository of this user",
    fix: tool
      ? tool.how
      : `git config --local core.hooksPath .git/hooks   # or call ringfence secret scan --staged in ${folder}/pre-commit`,
  });
}

function stateOf(place: HookPlace): HookState {
  const path = join(place.folder, "pre-commit");
  const keptPath = join(place.folder, KEPT);
  const text = hookText(path);
  const line = lineOf(place);
  const lines = linesIn(text);
  const isInstalled = lines.includes(line);
  return {
    path,
    keptPath,
    text: textOf(isInstalled ? lines : [...lines, line]),
    line,
    ours: text !== undefined && isOurHook(text) ? text : null,
    isInstalled,
    before: text === undefined ? null : digestOfBytes(text),
    isOurs: isOurHook(text),
    isKept: hookText(keptPath) !== undefined,
  };
}

/** The hook as it is, wherever it lies. @throws SOURCE_NO_REPOSITORY, SOURCE_TOOL_MISSING */
export async function hookState(app: App): Promise<HookState> {
  return stateOf(await openCommitHooks(app).place());
}

/** The same, where a hook may be made. @throws SECRET_HOOK_ELSEWHERE, and as {@link hookState} */
export async function hookToMake(app: App): Promise<HookState> {
  const place = await openCommitHooks(app).place();
  const state = stateOf(place);
  if (!state.isOurs) assertHere(place);
  return state;
}
