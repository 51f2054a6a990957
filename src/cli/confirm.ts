/** Asking a person whether a planned operation is what they want. Nobody is asked where nobody could answer. */

import { createInterface } from "node:readline/promises";
import { isatty } from "node:tty";
import type { OperationView } from "../contract/operation.ts";
import { renderOperation } from "./render/operation.ts";
import { shownPage } from "./render/shown.ts";

/** Shows the plan on standard error and reads one line; only `y` and `yes` are a yes. Undefined without a terminal. */
export async function confirmAtTerminal(planned: OperationView): Promise<boolean | undefined> {
  if (!isatty(0) || !isatty(2)) return undefined;
  process.stderr.write(`${shownPage(renderOperation(planned, false))}\n`);
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  try {
    // Closed without an answer (end of input) is a no.
    const closed = new Promise<string>((resolve) => lines.once("close", () => resolve("")));
    const answer = await Promise.race([lines.question("go on? [y/N] "), closed]);
    return /^y(es)?$/i.test(answer.trim());
  } finally {
    lines.close();
  }
}
