/** `ringfence secret hook remove`: takes the hook away, and puts the one back that was there before. */
import { renameSync, rmSync } from "node:fs";
import * as z from "zod";
import { writeFileAtomic } from "../../base/atomic-file.ts";
import type { SecretHookView } from "../../contract/secret-hook.ts";
import type { Plan } from "../../model/operation.ts";
import { defineOperation } from "../definition.ts";
import { type HookState, hookState, hookText, isOurHook } from "./hook-file.ts";

const EXECUTABLE = 0o755;

const factsOf = (plan: Plan) => plan.facts as unknown as HookState;

export const operation = defineOperation({
  name: "secret hook remove",
  summary: "Take the hook away that scans what is about to be committed; a former one comes back",
  scope: "project",
  anybody: true,
  input: z.object({}),
  async plan({ app }) {
    const state = await hookState(app);
    const put = state.isKept ? [`move ${state.keptPath} back`] : [];
    return {
      summary: state.isOurs ? "no longer scan what is about to be committed" : "there is no hook of ours",
      environment: null,
      effects: state.isOurs ? [`remove ${state.path}`, ...put] : [],
      facts: { ...state },
    };
  },
  steps(_context, plan) {
    const { path, keptPath, text, isOurs } = factsOf(plan);
    if (!isOurs) return [];
    return [
      {
        key: "remove",
        title: "remove the hook",
        async run() {
          if (!isOurHook(hookText(path))) return { file: path };
          if (hookText(keptPath) === undefined) rmSync(path);
          else renameSync(keptPath, path);
          return { file: path };
        },
        async undo() {
          const now = hookText(path);
          if (isOurHook(now)) return;
          if (now !== undefined) renameSync(path, keptPath);
          writeFileAtomic(path, text, EXECUTABLE);
        },
      },
    ];
  },
  async answer(_context, record): Promise<SecretHookView> {
    const { path, isOurs, isKept } = factsOf(record.plan);
    return {
      file: path,
      state: isOurs ? "removed" : "unchanged",
      former: isOurs && isKept ? path : null,
      operation: record.id,
    };
  },
});
