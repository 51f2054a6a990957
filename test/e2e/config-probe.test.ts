/** Live probes: a local service stands for the vendor. Asked only by the flag, shown no more than one header, and nothing of either gets out. */

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { createServer as createTcpServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { CheckAllView, CheckView } from "../../src/contract/check.ts";
import { runWords } from "./command.ts";

const KEY = `sk_test_${"Planted0".repeat(3)}`;
const SLACK = "xoxb-planted-0123456789";

let root: string;
let home: string;
let asked: IncomingMessage[];
let server: Server;
let elsewhere: Server;
let answer: { status: number; body: string; headers?: Record<string, string> } | undefined;

const listen = async (one: { listen(port: number, host: string, then: () => void): unknown }) =>
  new Promise<void>((resolve) => one.listen(0, "127.0.0.1", resolve));
const portOf = (one: { address(): AddressInfo | string | null }) => (one.address() as AddressInfo).port;

function describeProject(more = ""): void {
  const base = `http://127.0.0.1:${portOf(server)}/vendor`;
  writeFileSync(
    join(root, "ringfence.yaml"),
    `project: shop
environments: { development: {}, staging: {} }
layers: ["{env}.env?"]
settings:
  STRIPE_KEY: { secret: true, format: stripe-secret-key, probe: "${base}" }
  SLACK_TOKEN: { secret: true, format: slack-bot-token, probe: "${base}" }
  QUIET_URL: { secret: true, format: redis-url, probe: false }
${more}`,
  );
}

beforeEach(async () => {
  [asked, answer] = [[], { status: 200, body: '{"ok":true}' }];
  root = mkdtempSync(join(tmpdir(), "ringfence-probe-"));
  home = mkdtempSync(join(tmpdir(), "ringfence-probe-home-"));
  server = createServer((request, response) => {
    asked.push(request);
    if (!answer) return;
    response.writeHead(answer.status, answer.headers ?? {}).end(answer.body);
  });
  elsewhere = createServer((request, response) => {
    asked.push(request);
    response.end('{"ok":true}');
  });
  await Promise.all([listen(server), listen(elsewhere)]);
  describeProject();
  writeFileSync(join(root, "development.env"), `STRIPE_KEY=${KEY}\nQUIET_URL=redis://127.0.0.1:1/0\n`);
});
afterEach(() => {
  for (const one of [server, elsewhere]) {
    one.closeAllConnections();
    one.close();
  }
  for (const folder of [root, home]) rmSync(folder, { recursive: true });
});

async function check(...more: string[]) {
  const variables = { RINGFENCE_HOME: home, PATH: process.env.PATH };
  const { answer: view, error } = await runWords(["config", "check", ...more], { folder: root, variables });
  if (error) throw error;
  expect(JSON.stringify(view)).not.toMatch(/lanted/);
  return view as CheckView;
}
const probed = ({ findings }: CheckView) =>
  findings
    .filter(({ code }) => code.startsWith("SECURITY_PROBE"))
    .map(({ code, setting }) => `${code} ${setting}`);

test("nobody is asked without the flag; with it one request goes out, the key in a header", async () => {
  expect(probed(await check("-e", "development"))).toEqual([]);
  expect(asked).toEqual([]);
  expect(probed(await check("-e", "development", "--probe"))).toEqual([]);
  expect(asked.map(({ method, url }) => `${method} ${url}`)).toEqual(["GET /vendor/v1/balance"]);
  expect(asked[0]!.headers.authorization).toBe(`Bearer ${KEY}`);
});

test.each([
  [401, "PlantedAnswer", ["SECURITY_PROBE_REFUSED STRIPE_KEY"]],
  [403, "PlantedAnswer", ["SECURITY_PROBE_UNKNOWN STRIPE_KEY"]],
  [500, "PlantedAnswer", ["SECURITY_PROBE_UNKNOWN STRIPE_KEY"]],
])("an answer of %i", async (status, body, expected) => {
  answer = { status, body };
  const view = await check("-e", "development", "--probe");
  expect(probed(view)).toEqual(expected);
  const severity = status === 401 ? "error" : "warning";
  expect(view.findings.find(({ code }) => code.startsWith("SECURITY_PROBE"))).toMatchObject({ severity });
});

test("Slack says in its answer what others say by a status", async () => {
  writeFileSync(join(root, "development.env"), `SLACK_TOKEN=${SLACK}\n`);
  answer = { status: 200, body: '{"ok":false,"error":"invalid_auth","note":"PlantedAnswer"}' };
  expect(probed(await check("-e", "development", "--probe"))).toEqual(["SECURITY_PROBE_REFUSED SLACK_TOKEN"]);
  expect(asked.map(({ method, url }) => `${method} ${url}`)).toEqual(["POST /vendor/api/auth.test"]);
});

test("a redirect is not followed, and not good", async () => {
  answer = { status: 302, body: "", headers: { location: `http://127.0.0.1:${portOf(elsewhere)}/` } };
  expect(probed(await check("-e", "development", "--probe"))).toEqual(["SECURITY_PROBE_UNKNOWN STRIPE_KEY"]);
  expect(asked).toHaveLength(1);
});

test("who does not answer in time is unknown", async () => {
  answer = undefined;
  const view = await check("-e", "development", "--probe", "--probe-timeout", "200ms");
  expect(probed(view)).toEqual(["SECURITY_PROBE_UNKNOWN STRIPE_KEY"]);
  await expect(check("-e", "development", "--probe", "--probe-timeout", "soon")).rejects.toMatchObject({
    code: "APP_BAD_INPUT",
  });
});

test("what does not fit its format is shown to nobody, and what is allowed is not told", async () => {
  writeFileSync(join(root, "development.env"), "STRIPE_KEY=planted-for-somebody-else\n");
  await check("-e", "development", "--probe");
  expect(asked).toEqual([]);
  const text = join(root, "ringfence.yaml");
  writeFileSync(join(root, "development.env"), `STRIPE_KEY=${KEY}\n`);
  const manifest = (allow: string) =>
    `project: shop\nenvironments: { development: {} }\nlayers: [development.env]\nsettings:\n  STRIPE_KEY: { secret: true, format: stripe-secret-key, probe: "http://127.0.0.1:${portOf(server)}"${allow} }\n`;
  answer = { status: 401, body: "" };
  writeFileSync(text, manifest(""));
  expect(probed(await check("-e", "development", "--probe"))).toEqual(["SECURITY_PROBE_REFUSED STRIPE_KEY"]);
  writeFileSync(text, manifest(', allow: { SECURITY_PROBE_REFUSED: "of a closed account" }'));
  expect(probed(await check("-e", "development", "--probe"))).toEqual([]);
});

test("a connection is opened and nothing is sent; where nobody listens it is unknown", async () => {
  const heard: Buffer[] = [];
  const database = createTcpServer((socket) => socket.on("data", (bytes) => heard.push(bytes)));
  await listen(database);
  const port = portOf(database);
  describeProject("  DATABASE_URL: { secret: true, format: postgres-url }\n");
  writeFileSync(
    join(root, "development.env"),
    `DATABASE_URL=postgres://ada:planted@127.0.0.1:${port}/shop\n`,
  );
  expect(probed(await check("-e", "development", "--probe"))).toEqual([]);
  await new Promise((resolve) => database.close(resolve));
  expect(probed(await check("-e", "development", "--probe"))).toEqual([
    "SECURITY_PROBE_UNKNOWN DATABASE_URL",
  ]);
  expect(heard).toEqual([]);
});

test("what another store keeps is unknown until it is asked for; every environment is asked with --all", async () => {
  writeFileSync(join(root, "development.env"), "STRIPE_KEY=file:key\n");
  writeFileSync(join(root, "staging.env"), `STRIPE_KEY=${KEY}\n`);
  writeFileSync(join(root, "key"), KEY);
  expect(probed(await check("-e", "development", "--probe"))).toEqual(["SECURITY_PROBE_UNKNOWN STRIPE_KEY"]);
  expect(asked).toEqual([]);
  const view = (await check("--all", "--probe", "--resolve")) as unknown as CheckAllView;
  expect(view.environments.flatMap(probed)).toEqual([]);
  expect(asked).toHaveLength(2);
});

test("an address of the project's own gets nothing before it was trusted, and as it was trusted", async () => {
  const heard: Buffer[] = [];
  const own = createTcpServer((socket) => {
    socket.on("error", () => {});
    socket.on("data", (bytes) => {
      heard.push(bytes);
      socket.destroy();
    });
  });
  await new Promise<void>((resolve) => own.listen(0, "127.0.0.2", resolve));
  const name = (path: string) => {
    const text = readFileSync(join(root, "ringfence.yaml"), "utf8");
    const base = `https://127.0.0.2:${portOf(own)}/${path}`;
    writeFileSync(join(root, "ringfence.yaml"), text.replace(/(STRIPE_KEY:.*probe: )"[^"]*"/, `$1"${base}"`));
  };
  const tellFix = async () =>
    (await check("-e", "development", "--probe")).findings.find(
      ({ code }) => code === "SECURITY_PROBE_UNKNOWN",
    )?.fix;
  name("a");
  expect(await tellFix()).toContain("ringfence trust");
  expect(heard).toEqual([]);
  const variables = { RINGFENCE_HOME: home, PATH: process.env.PATH };
  const trusted = await runWords(["trust", "--yes"], { folder: root, variables });
  expect(trusted.error).toBeUndefined();
  expect(await tellFix(), "asked, and no answer that counts").toContain("--probe");
  expect(heard.length).toBeGreaterThan(0);
  heard.length = 0;
  name("b");
  expect(await tellFix()).toContain("ringfence trust");
  expect(heard).toEqual([]);
  await new Promise((resolve) => own.close(resolve));
});

test.each([
  "http://example.com",
  "https://user@example.com",
  "https://example.com?key=1",
  "ftp://127.0.0.1",
  "true",
])("probe: %s is a mistake in the manifest", async (probe) => {
  describeProject(`  OTHER: { format: npm-token, probe: "${probe}" }\n`);
  await expect(check("-e", "development")).rejects.toMatchObject({ code: "APP_MANIFEST_INVALID" });
});
