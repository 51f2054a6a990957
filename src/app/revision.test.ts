import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createMemoryStore } from "../adapters/store-memory/index.ts";
import { rememberSecret } from "../base/redact.ts";
import { environmentOf } from "../model/project.ts";
import { type App, openApp } from "./app.ts";
import { currentRevision, environmentsReading, recordRevision, revisionWith } from "./revision.ts";
import { describeChange } from "./revision-difference.ts";

const MANIFEST = `project: shop
environments: { development: {}, staging: {} }
layers: [base.yaml, "{env}.env?"]
settings:
  LEVEL: {}
  LINK: { type: url }
  TOKEN: { secret: true }
`;

let root: string;
let app: App;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "ringfence-revision-"));
  write("ringfence.yaml", MANIFEST);
  write("base.yaml", "LEVEL: info\n");
  write("development.env", "LEVEL=debug\n");
  app = open();
});
afterEach(() => rmSync(root, { recursive: true }));

function write(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

const open = () => openApp({ folder: root, variables: { RINGFENCE_HOME: join(root, "home") } });
const draft = (name = "development") => currentRevision(app, environmentOf(app.project, name)!);

describe("a revision's digest", () => {
  test.each([
    ["a layer's text", () => write("base.yaml", "LEVEL: info # x\n"), true],
    ["a layer that comes", () => write("staging.env", ""), false],
    ["its own layer that is empty now", () => write("development.env", ""), true],
    ["the secrets file", () => write("secrets/development.yaml", "a: b\n"), true],
    ["another environment's secrets file", () => write("secrets/staging.yaml", "a: b\n"), false],
    [
      "a declaration",
      () => write("ringfence.yaml", MANIFEST.replace("LEVEL: {}", "LEVEL: { default: x }")),
      true,
    ],
    ["a comment in the manifest", () => write("ringfence.yaml", `# x\n${MANIFEST}`), false],
    [
      "another order of layers",
      () => write("ringfence.yaml", MANIFEST.replace(/\[.*\]/, '["{env}.env?", base.yaml]')),
      true,
    ],
  ])("%s", (_, change, differs) => {
    const before = draft().digest;
    change();
    app = open();
    expect(draft().digest !== before).toBe(differs);
  });

  test("is another one in each environment", () => {
    expect(draft().digest).not.toBe(draft("staging").digest);
  });

  test("with other files is the one that they then have", () => {
    const planned = draft();
    write("base.yaml", "LEVEL: warn\n");
    rmSync(join(root, "development.env"));
    const now = draft();
    const digests = new Map(now.content.files.map(({ path, digest }) => [path, digest]));
    expect(revisionWith(planned, digests)).toMatchObject({ content: now.content, digest: now.digest });
    expect(revisionWith(planned, new Map([["other", null]])).digest).toBe(planned.digest);
  });
});

test.each([
  ["base.yaml", ["development", "staging"]],
  ["staging.env", ["staging"]],
  ["secrets/development.yaml", ["development"]],
  ["ringfence.yaml", []],
])("%s is read by %j", (path, names) => {
  expect(environmentsReading(app.project, [path]).map(({ name }) => name)).toEqual(names);
});

test("recording the same again adds nothing; the same after another adds an entry", async () => {
  const store = createMemoryStore();
  const facts = { at: "", author: "ada", reason: "r", operation: null, source: "operation" } as const;
  const record = () => store.transaction(({ revisions }) => recordRevision(revisions, draft(), facts));
  const first = await record();
  expect(await record()).toEqual(first);
  write("base.yaml", "LEVEL: warn\n");
  const second = await record();
  write("base.yaml", "LEVEL: info\n");
  expect(await record()).toEqual({ ...first, parent: second.digest });
  const history = await store.read(({ revisions }) => revisions.history("development", 9));
  expect(history.map(({ digest }) => digest)).toEqual([first.digest, second.digest, first.digest]);
});

test.each([
  [{ name: "LEVEL", before: "a", after: "b" }, "LEVEL a → b"],
  [{ name: "LEVEL", before: undefined, after: 5 }, "LEVEL added (5)"],
  [{ name: "LEVEL", before: "a", after: undefined }, "LEVEL removed (a)"],
  [{ name: "LEVEL", before: "line\nline", after: `\${A}` }, `LEVEL line\\nline → \${A}`],
  [{ name: "LEVEL", before: "a", after: "x".repeat(50) }, `LEVEL a → ${"x".repeat(40)}…`],
  [{ name: "LEVEL", before: "a", after: "is known-secret-1" }, "LEVEL a → is [secret]"],
  [{ name: "LINK", before: "https://u:p@h", after: "https://h" }, "LINK (not shown) → https://h"],
  [{ name: "LINK", before: "https://u:p@h", after: "https://u:q@h" }, "LINK changed"],
  [{ name: "LINK", before: undefined, after: "https://u:p/q@h" }, "LINK added (not shown)"],
  [{ name: "TOKEN", before: "a", after: "b" }, "TOKEN changed"],
  [{ name: "TOKEN", before: undefined, after: "b" }, "TOKEN added"],
  [{ name: "ONCE", before: "a", after: undefined }, "ONCE removed"],
])("%j is shown as %s", (change, text) => {
  rememberSecret("known-secret-1");
  expect(describeChange(app.project, change)).toBe(text);
});
