/** `ringfence secret hook remove`: takes the hook away, and puts the one back that was there before. */
import { renameSync, rmSync } from "node:fs";
import * as z from "zod";
import { writeFileAtomic } from "../../base/atomic-file.ts";
import type { SecretHookView } from "../../contract/secret-hook.ts";
import type { Plan } from "../../model/operation.ts";
import { defineOperation, type Step } from "../definition.ts";
import { type HookState, hookState, hookText, hookWithout, isOurHook } from "./hook-file.ts";

const EXECUTABLE = 0o755;

const factsOf = (plan: Plan) => plan.facts as unknown as HookState;

function staysForOthers({ ours, line }: HookState): boolean {
  return ours !== null && hookWithout(ours, line) !== undefined;
}

function effectsOf(state: HookState): string[] {
  const { path, keptPath, isInstalled, isKept } = state;
  if (!isInstalled) return [];
  if (staysForOthers(state)) return [`take this project out of ${path}; others stay in it`];
  return [`remove ${path}`, ...(isKept ? [`move ${keptPath} back`] : [])];
}

function removeStep({ path, keptPath, line, ours }: HookState): Step {
  return {
    key: "remove",
    title: "remove the hook",
    async run() {
      const now = hookText(path);
      if (now === undefined || !isOurHook(now)) return { file: path };
      const others = hookWithout(now, line);
      if (others !== undefined) writeFileAtomic(path, others, EXECUTABLE);
      else if (hookText(keptPath) === undefined) rmSync(path);
      else renameSync(keptPath, path);
      return { file: path };
    },
    async undo() {
      const now = hookText(path);
      if (ours === null || now === ours) return;
      if (now !== undefined && !isOurHook(now)) renameSync(path, keptPath);
      writeFileAtomic(path, ours, EXECUTABLE);
    },
  };
}

export const operation = defineOperation({
  name: "secret hook remove",
  summary: "Take the hook away that scans what is about to be committed; a former one comes back",
  scope: "project",
  anybody: true,
  input: z.object({}),
  async plan({ app }) {
    const state = await hookState(app);
    return {
      summary: state.isInstalled
        ? "no longer scan what is about to be committed"
        : "there is no hook of ours",
      environment: null,
      effects: effectsOf(state),
      facts: { ...state },
    };
  },
  steps(_context, plan) {
    const state = factsOf(plan);
    return state.isInstalled ? [removeStep(state)] : [];
  },
  async answer(_context, record): Promise<SecretHookView> {
    const state = factsOf(record.plan);
    const { path, isInstalled, isKept } = state;
    return {
      file: path,
      state: isInstalled ? "removed" : "unchanged",
      former: isInstalled && isKept && !staysForOthers(state) ? path : null,
      operation: record.id,
    };
  },
});
