/** Performs the sessions of pages that start no server, each in a folder of its own. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { openSession } from "./session.ts";

const PAGES: readonly string[] = [
  "docs/config-check.md",
  "docs/config-test.md",
  "docs/config-export.md",
  "docs/env-create.md",
  "docs/eject.md",
  "docs/init.md",
];

test.each(PAGES)("the session on %s happens as it stands there", (page) => {
  const session = openSession(page, { folder: "shop" });
  try {
    session.expectPage();
  } finally {
    session.remove();
  }
});

describe("a page", () => {
  const folder = mkdtempSync(join(tmpdir(), "ringfence-pages-"));
  afterAll(() => rmSync(folder, { recursive: true }));
  const performed = (text: string) => {
    const page = join(folder, "page.md");
    writeFileSync(page, text);
    const session = openSession(page, { folder: "shop" });
    try {
      session.expectPage();
    } finally {
      session.remove();
    }
  };
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

  test("that says what happens holds", () => {
    performed(page('{ "one": 1 }'));
  });

  // Asked to rewrite pages, this one is rewritten as well.
  test.skipIf(process.env.UPDATE_GOLDEN === "1")("that says something else does not", () => {
    expect(() => performed(page('{ "one": 2 }'))).toThrow();
  });
});
