/**
 * `which` from the project's index, without loading anything else. What is not plainly that is left to the
 * catalogue's query, which answers the same and writes the index.
 */
import { writeSync } from "node:fs";
import { systemCode } from "../../base/error.ts";
import { hostName } from "../../base/machine.ts";
import { redact } from "../../base/redaction.ts";
import { detect } from "../../snapshot/detection.ts";
import { readIndex } from "../../snapshot/project-index.ts";
import { findProjectRoot } from "../../snapshot/project-root.ts";
import { renderWhich } from "../render/which.ts";
import { workingFolder } from "../working-folder.ts";

const FLAGS = ["-e", "--environment"];

interface Wish {
  readonly flag: string | undefined;
  readonly json: boolean;
}

function parseWhich(argv: readonly string[]): Wish | undefined {
  if (argv[0] !== "which") return undefined;
  let flag: string | undefined;
  let json = false;
  for (let at = 1; at < argv.length; at++) {
    const word = argv[at]!;
    if (word === "--json") json = true;
    else if (FLAGS.includes(word) && argv[at + 1] && flag === undefined) flag = argv[++at];
    else return undefined;
  }
  return { flag, json };
}

/** @returns true when it has answered. An unknown name is the slow path's to explain. */
export function answerWhich(argv: readonly string[]): boolean {
  const wish = parseWhich(argv);
  const root = wish && findProjectRoot(workingFolder());
  const index = root && readIndex(root);
  if (!wish || !index) return false;
  const host = hostName();
  let selection: ReturnType<typeof detect>;
  try {
    selection = detect(index.rule, { flag: wish.flag, variables: process.env, host });
  } catch {
    return false;
  }
  const answer = { ...selection, host, at: new Date().toISOString() };
  const text = wish.json ? JSON.stringify(answer, null, 2) : renderWhich(answer);
  try {
    writeSync(1, redact(`${text}\n`));
  } catch (error) {
    // Nobody reads any more, which is no fault of the answer.
    if (systemCode(error) !== "EPIPE") throw error;
  }
  return true;
}
