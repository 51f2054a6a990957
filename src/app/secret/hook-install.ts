/** `ringfence secret hook install`: from now on what is about to be committed is scanned, and refused with a leak. */
import { chmodSync, renameSync, rmSync } from "node:fs";
import * as z from "zod";
import { writeFileAtomic } from "../../base/atomic-file.ts";
import { digestOfBytes } from "../../base/digest.ts";
import type { SecretHookView } from "../../contract/secret-hook.ts";
import type { Plan } from "../../model/operation.ts";
import { defineOperation, type Step } from "../definition.ts";
import { appErrors } from "../errors.ts";
import { type HookState, hookText, hookToMake, isOurHook } from "./hook-file.ts";

const EXECUTABLE = 0o755;

const factsOf = (plan: Plan) => plan.facts as unknown as HookState;

/** @throws APP_FILE_EXISTS: of two former hooks only one could be kept */
function assertFree({ isOurs, isKept, before, keptPath, path }: HookState): void {
  if (isOurs || !isKept || before === null) return;
  throw appErrors.APP_FILE_EXISTS({
    what: `${keptPath} is there already, and so is another ${path}`,
    where: keptPath,
    why: "only one former hook can be kept",
    fix: `rm ${keptPath}`,
  });
}

/** A hook of others moves aside; ours runs it first. */
function keepStep({ path, keptPath }: HookState): Step {
  return {
    key: "keep",
    title: "keep the hook that is there",
    async run() {
      const text = hookText(path);
      if (text !== undefined && !isOurHook(text)) renameSync(path, keptPath);
      return { kept: keptPath };
    },
    async undo() {
      if (hookText(path) === undefined && hookText(keptPath) !== undefined) renameSync(keptPath, path);
    },
  };
}

function writeStep({ path, text, ours }: HookState): Step {
  return {
    key: "write",
    title: "write the hook",
    async run() {
      writeFileAtomic(path, text, EXECUTABLE);
      // Whatever the file that was there allowed.
      chmodSync(path, EXECUTABLE);
      return { file: path };
    },
    async undo() {
      if (!isOurHook(hookText(path))) return;
      if (ours === null) rmSync(path);
      else writeFileAtomic(path, ours, EXECUTABLE);
    },
  };
}

export const operation = defineOperation({
  name: "secret hook install",
  summary: "Scan what is about to be committed, by a hook of git's; a hook that is there runs first",
  scope: "project",
  anybody: true,
  input: z.object({}),
  async plan({ app }) {
    const state = await hookToMake(app);
    assertFree(state);
    const isSame = state.before === digestOfBytes(state.text);
    const moves = state.before !== null && !state.isOurs;
    return {
      summary: isSame ? "the hook is there already" : "scan what is about to be committed",
      environment: null,
      effects: [
        ...(moves ? [`move ${state.path} to ${state.keptPath}; it runs first`] : []),
        ...(isSame ? [] : [`write ${state.path}`]),
      ],
      facts: { ...state },
    };
  },
  async changed(_context, plan) {
    const { path, before } = factsOf(plan);
    const text = hookText(path);
    return (text === undefined ? null : digestOfBytes(text)) === before
      ? undefined
      : `${path} was changed meanwhile`;
  },
  steps(_context, plan) {
    const state = factsOf(plan);
    if (state.before === digestOfBytes(state.text)) return [];
    return [...(state.before !== null && !state.isOurs ? [keepStep(state)] : []), writeStep(state)];
  },
  async verify(_context, plan) {
    const { path, text } = factsOf(plan);
    if (hookText(path) === text) return { file: path };
    throw appErrors.APP_FILE_CHANGED({
      what: `${path} is not what was written`,
      where: path,
      why: "somebody else has changed it",
      fix: "ringfence secret hook install",
    });
  },
  async answer(_context, record): Promise<SecretHookView> {
    const { path, keptPath, before, isOurs, isKept, text } = factsOf(record.plan);
    const moved = before !== null && !isOurs;
    return {
      file: path,
      state: before === digestOfBytes(text) ? "unchanged" : "installed",
      former: moved || isKept ? keptPath : null,
      operation: record.id,
    };
  },
});
