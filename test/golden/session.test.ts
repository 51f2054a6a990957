/** How a page is performed, on small pages made for it. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { openSession } from "./session.ts";

const folder = mkdtempSync(join(tmpdir(), "ringfence-pages-"));
afterAll(() => rmSync(folder, { recursive: true }));

function perform(text: string): void {
  const page = join(folder, "page.md");
  writeFileSync(page, text);
  const session = openSession(page);
  try {
    session.expectPage();
  } finally {
    session.remove();
  }
}

const page = (printed: string) => `# A page

\`\`\`json
// data/one.json
{ "one": 1 }
\`\`\`

\`\`\`sh
not a file, not run
\`\`\`

\`\`\`console
$ cat data/one.json && \\
  pwd >&2
${printed}
~/shop
$ true
\`\`\`
`;

const operation = (letter: string) => `op_${letter.repeat(26)}`;

// Asked to rewrite pages, these would be rewritten as well.
describe.skipIf(process.env.UPDATE_GOLDEN === "1")("a page", () => {
  test("that says what happens holds", () => {
    perform(page('{ "one": 1 }'));
  });

  test("that says something else does not", () => {
    expect(() => perform(page('{ "one": 2 }'))).toThrow();
  });

  test("can type the id of an operation that it shows", () => {
    // Nowhere in the command stands the id that it prints, as with one that is made anew in each run.
    const make = "printf 'op_%s\\n' \"$(printf 'b%.0s' {1..26})\" | tee id";
    perform(`
\`\`\`console
$ ${make}
${operation("a")}
$ test ${operation("a")} = "$(cat id)" && echo the same
the same
\`\`\`
`);
  });
});
