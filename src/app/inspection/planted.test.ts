/** What nobody may see: values planted in every place that a file has, under telling and under harmless names. */
import fc from "fast-check";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type FolderScene, openFolderScene } from "./scene.fixture.ts";

let scene: FolderScene;
beforeEach(() => {
  scene = openFolderScene({});
});
afterEach(() => scene.remove());

const base64 = (text: string) => Buffer.from(text).toString("base64");
const lines = (...all: string[]) => `${all.join("\n")}\n`;

/** Files that hold the value, each in its own way. */
function planted(value: string): Readonly<Record<string, string>> {
  const quoted = JSON.stringify(value);
  return {
    ".env": lines(`GREETING='${value}'`, `PLAIN_PASSWORD='${value}'`),
    ".env.development": lines(
      `DATABASE_URL='postgres://shop:${value}@db.example.com/shop'`,
      `SENTRY_DSN='https://${value}@sentry.example.com/1'`,
      `HOOK_URL='https://hooks.example.com/services/${value}'`,
      `QUERY='https://example.com/?key=${value}'`,
      `LIST='a,${value},b'`,
      `A_BUCKET='${value}'`,
      // A key over several lines without quotes: its lines look like names.
      "PRIVATE_KEY=-----BEGIN RSA PRIVATE KEY-----",
      `${base64(value).replace(/[^A-Za-z0-9]/g, "")}Q7bzX9t2LmW4==`,
      `UNCLOSED="${value}`,
    ),
    ".env.production": lines(
      `DATABASE_URL='postgresql://other:${value}@db.example.com/shop'`,
      `SENTRY_DSN='https://${value}@sentry.example.com/1'`,
      `PLAIN_PASSWORD='${value}'`,
      `A_BUCKET='${value}'`,
      "HOOK_URL=https://hooks.example.com/other",
      "QUERY=https://example.com/?key=other",
      "LIST=a,b",
      `OTHER='Server=sql.example.com;Database=a;Password=${value}'`,
    ),
    ".env.example": lines(`GREETING='${value}'`),
    "config/production.json": `{ "a": { "token": ${quoted} }, "list": [${quoted}], "broken`,
    "config/development.json": `{ "a": { "token": ${quoted} }, "list": [${quoted}] }`,
    "config/production.toml": lines(`token = ${quoted}`, `broken = = ${quoted}`),
    "config/qa.yml": lines(`token: *${value}`),
    "config/staging.yml": lines(`a: ${quoted}`, `- ${quoted}: [`),
    "deploy/prod/secret.yaml": lines(
      "apiVersion: v1",
      "kind: Secret",
      "metadata: { name: api }",
      `data: { TOKEN: ${base64(value)} }`,
      `stringData: { OTHER: ${quoted} }`,
    ),
    "docker-compose.prod.yml": lines(
      "services:",
      "  api:",
      `    environment: [${JSON.stringify(`TOKEN=${value}`)}]`,
    ),
    "terraform/environments/prod/terraform.tfvars": lines(`db_password = ${quoted}`, `name = ${quoted}`),
  };
}

/** Letters and signs as passwords have them; the quote of the `.env` lines left out. */
const secrets = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9!#$%&*+,./:;=?@^_~-]{8,30}[0-9][A-Za-z]$/);

test("a planted value is nowhere in the answer, whole or in part", async () => {
  await fc.assert(
    fc.asyncProperty(secrets, async (value) => {
      scene.write(planted(value));
      const { view } = await scene.inspect({ all: true });
      const said = JSON.stringify(view);
      expect(view.shared.length).toBeGreaterThan(0);
      for (const form of [value, value.slice(0, 9), value.slice(-9), base64(value).slice(0, 12)]) {
        expect(said).not.toContain(form);
        expect(said.toLowerCase()).not.toContain(form.toLowerCase());
      }
    }),
    { numRuns: 60 },
  );
});

test("they are found where they are: shared, readable, by place and shape", async () => {
  scene.write(planted("Pl4nted.value+7Xq2"));
  const { view } = await scene.inspect();
  expect(view.shared.filter(({ production }) => production).map(({ kind }) => kind)).toContain("database");
  expect(view.secrets.map(({ where }) => where.split(":")[0])).toEqual(
    expect.arrayContaining([".env", ".env.production", "deploy/prod/secret.yaml", "docker-compose.prod.yml"]),
  );
  expect(new Set(view.secrets.map(({ git }) => git))).toEqual(new Set(["unknown"]));
});
