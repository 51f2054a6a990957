/** The schema that `init` infers: types, secrets, where a setting is required, and descriptions from comments. */
import fc from "fast-check";
import { afterEach, describe, expect, test } from "vitest";
import { type Files, openProjectScene, type ProjectScene } from "./scene.fixture.ts";

let scene: ProjectScene;
afterEach(() => scene.remove());

/** The manifest that is written for the files. */
async function manifestOf(files: Files): Promise<string> {
  scene = openProjectScene(files);
  await scene.run("init");
  return scene.read("ringfence.yaml");
}

/** The entry of one setting, from its values in development and production. */
const schemas: readonly (readonly [
  name: string,
  development: string,
  production: string | undefined,
  entry: string,
])[] = [
  ["RETRIES", "3", "10", "{ type: integer, required: true }"],
  ["ZIP", "01234", "1", "{ type: string, required: true }"],
  ["ACCOUNT", "1234567890123", "1", "{ type: string, required: true }"],
  ["RATIO", "0.5", "1", "{ type: number, required: true }"],
  ["API_VERSION", "1.5", "1.6", "{ type: string, required: true }"],
  ["HTTP_PORT", "80", "8080", "{ type: port, required: true }"],
  ["HTTP_PORT", "80", "99999", "{ type: integer, required: true }"],
  ["DEBUG", "true", "false", "{ type: boolean, required: true }"],
  ["DEBUG", "1", "0", "{ type: integer, required: true }"],
  ["DEBUG", "true", "maybe", "{ type: string, required: true }"],
  ["BASE", "http://localhost:1", "https://example.com/a", "{ type: url, required: true }"],
  ["DB_HOST", "localhost", "db.example.com", "{ type: host, required: true }"],
  ["DB_HOST", "localhost:5432", "db.example.com", "{ type: string, required: true }"],
  ["MAIL_FROM", "a@example.com", "b@example.com", "{ type: email, required: true }"],
  ["CACHE_TTL", "5m", "1h", "{ type: duration, required: true }"],
  ["CODE", "5m", "1h", "{ type: string, required: true }"],
  ["MAX_BODY", "10MiB", "1kB", "{ type: size, required: true }"],
  ["HOSTS", "a", "a,b", "{ type: list, required: true }"],
  ["LOG_LEVEL", "debug", "warn", "{ type: enum, values: [debug, info, warn, error], required: true }"],
  ["LOG_LEVEL", "verbose", "warn", "{ type: string, required: true }"],
  [
    "NODE_ENV",
    "development",
    "production",
    "{ type: enum, values: [development, test, production], required: true }",
  ],
  ["EMPTY", "", "1", "{ type: string, required: [production] }"],
  ["ONLY_DEV", "x", undefined, "{ type: string, required: [development] }"],
  ["LATER", "<from-vault>", "5", "{ type: integer, required: true }"],
  ["DB_PASSWORD", "hunter22", "other", "{ secret: true, required: true }"],
  ["DB_PASSWORD", "<vault>", "<vault>", "{ secret: true, required: true }"],
  ["MAX_TOKENS", "4096", "1", "{ type: integer, required: true }"],
  [
    "DATABASE_URL",
    "postgres://a:b1c2d3@h/d",
    "postgres://h/d",
    "{ type: url, secret: true, required: true }",
  ],
  ["ODD", "xoxb-1234567890-abcdefghij", "1", "{ secret: true, required: true }"],
  ["YES", "1", "2", "{ type: integer, required: true }"],
];

test.each(schemas)("%s of %s and %s", async (name, development, production, entry) => {
  const text = await manifestOf({
    ".env.development": `${name}=${development}\n`,
    ".env.production": production === undefined ? "" : `${name}=${production}\n`,
  });
  const key = name === "YES" ? '"YES"' : name;
  expect(text).toContain(`\n  ${key}: ${entry}\n`);
});

describe("descriptions", () => {
  test.each([
    ["directly above", "# How long to wait for Airtable\nA=1", "How long to wait for Airtable"],
    ["behind", "A=1 # how long to wait", "how long to wait"],
    ["not with a gap", "# How long to wait\n\nA=1", undefined],
    ["no heading", "# Database\nA=1", undefined],
    ["no drawing", "# ==== the old settings ====\nA=1", undefined],
    ["no key that was commented out", "# OLD_KEY=hunter2 was here\nA=1", undefined],
    ["no password", "# the password is swordfish\nA=1", undefined],
    ["no password without its word", "# admin token hunter2 please\nA=1", undefined],
    ["no random text", "# it was 9f8e7d6c5b4a39281706f5e4d3c2b1a0 before\nA=1", undefined],
    ["no address with a password", "# see postgres://a:b@h/d for more\nA=1", undefined],
    ["no value of a secret", "# not swordfish any more\nA=1\nDB_PASSWORD=swordfish", undefined],
    ["no word that may be a password", "# we had swordfish7 there before\nA=1", undefined],
    ["no quoted word", "# we had 'swordfish' there before\nA=1", undefined],
    ["names with a digit, apostrophes", "# where S3's files are kept\nA=1", '"where S3\'s files are kept"'],
    ["no control characters", "# red \u001b[31m text here\nA=1", undefined],
  ])("%s", async (_name, text, doc) => {
    const manifest = await manifestOf({ ".env.development": `${text}\n` });
    const line = /^ {2}A: (.*)$/m.exec(manifest)![1]!;
    expect(/doc: (.*) \}/.exec(line)?.[1]).toBe(doc);
  });
});

test("a password in a comment is nowhere in the manifest", async () => {
  const passwords = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9!#$%&*+,./:;=?@^_~-]{4,20}[0-9][A-Za-z]$/);
  const around = fc.constantFrom("", "the password is ", "was ", "rotate this one: ", "old value here ");
  await fc.assert(
    fc.asyncProperty(passwords, around, async (password, words) => {
      const lines = [
        `# ${words}${password}`,
        "A=1",
        `B=2 # ${words}${password}`,
        "# what it is for",
        `# ${password}`,
        "C=3",
      ];
      expect(await manifestOf({ ".env.development": `${lines.join("\n")}\n` })).not.toContain(password);
      scene.remove();
    }),
    { numRuns: 100 },
  );
});

test.each<[string, Files]>([
  ["dotenv-expand", { ".env.development": "NAME=abc\nDB_PASSWORD=pa$NAME\nAPI_TOKEN=t0ken\n" }],
  [
    "Compose",
    { ".env": "NAME=abc\nDB_PASSWORD=pa$NAME\nAPI_TOKEN=t0ken\n", "compose.yaml": "services: {}\n" },
  ],
])(
  "a secret's name with a reference that %s follows keeps its value, and a comment says why",
  async (_who, files) => {
    const text = await manifestOf(files);
    expect(text).toMatch(/^ {2}DB_PASSWORD: \{ type: string, required: true \} # .*secret: true$/m);
    expect(text).toMatch(/^ {2}API_TOKEN: \{ secret: true, required: true \}$/m);
  },
);
