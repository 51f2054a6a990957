/** A runner of programs that remembers what they said. */
import type { ProgramAnswer, ProgramRunner } from "../ports/programs.ts";

/** Asks each program once: within one command the same call has one answer. */
export function answeringOnce(runner: ProgramRunner): ProgramRunner {
  const answers = new Map<string, ProgramAnswer>();
  return {
    // What changes something is done as often as it is asked for.
    perform: (call, signal) => runner.perform(call, signal),
    run(call) {
      const key = JSON.stringify(call);
      const answer = answers.get(key) ?? runner.run(call);
      answers.set(key, answer);
      return answer;
    },
  };
}
