import { execFile, spawn, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { build } from "esbuild";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { FAKE_KEYS, FAKE_ROLE, ROLE_ACCESS_KEY, startFakeKms } from "../../../test/contracts/fake-kms.ts";
import { keyServiceContract } from "../../../test/contracts/key-service.ts";
import type { KeyName } from "../../ports/key-service.ts";
import { type AwsKeyServiceOptions, openAwsKeyService } from "./index.ts";

process.env.AWS_ACCESS_KEY_ID = "AKIATEST";
process.env.AWS_SECRET_ACCESS_KEY = "test";
process.env.AWS_EC2_METADATA_DISABLED = "true";

const fake = await startFakeKms();
afterAll(() => fake.close());
const service = openAwsKeyService({ endpoint: fake.endpoint });
const named = (name: string): KeyName => ({ service: "kms", name, context: {} });
const key = named(FAKE_KEYS[0]!);
const { signal } = new AbortController();
const dataKey = randomBytes(32);

keyServiceContract("AWS KMS by its protocol", async () => ({
  service,
  key,
  other: named(FAKE_KEYS[1]!),
  absent: named(`${FAKE_KEYS[0]}-absent`),
}));

describe("AWS KMS", () => {
  beforeEach(() => {
    (fake.calls as unknown[]).length = 0;
  });

  test("is asked under the key's role, where it has one", async () => {
    expect((await service.wrap(dataKey, { ...key, role: FAKE_ROLE }, signal)).kind).toBe("wrapped");
    expect((await service.wrap(dataKey, key, signal)).kind).toBe("wrapped");
    expect(fake.calls.map(({ accessKey }) => accessKey)).toEqual([ROLE_ACCESS_KEY, "AKIATEST"]);
    const role = `${FAKE_ROLE}-other`;
    expect(await service.wrap(dataKey, { ...key, role }, signal)).toMatchObject({ kind: "denied" });
    expect(await service.wrap(dataKey, { ...key, role: "words" }, signal)).toMatchObject({ kind: "invalid" });
    expect(fake.calls).toHaveLength(2);
  });

  test.each([
    [400, "AccessDeniedException", "denied"],
    [400, "DisabledException", "invalid"],
    [400, "SomethingNewException", "unreachable"],
  ])("%d %s is %s, in AWS's words and without what was sent", async (status, code, kind) => {
    fake.failNext(status, code);
    const answer = await service.unwrap({ ...key, wrapped: "c2VudC1ieS11cw==" }, signal);
    expect(answer).toMatchObject({ kind });
    expect(JSON.stringify(answer)).toContain(code);
    expect(JSON.stringify(answer)).not.toMatch(/c2VudC1ieS11cw|sent-by-us|as asked/);
  });

  test("is asked again when it fails", async () => {
    fake.failNext(500, "InternalFailure");
    expect((await service.wrap(dataKey, key, signal)).kind).toBe("wrapped");
    expect(fake.calls).toHaveLength(2);
  });

  test("that does not answer is unreachable", async () => {
    const nobody = openAwsKeyService({ endpoint: "http://127.0.0.1:9" });
    expect(await nobody.wrap(dataKey, key, signal)).toMatchObject({ kind: "unreachable" });
  });
});

/** The adapter where no client stands beside it: bundled into a folder of its own, in a process of its own. */
describe("without the AWS client", async () => {
  const folder = mkdtempSync(join(tmpdir(), "ringfence-kms-"));
  afterAll(() => rmSync(folder, { recursive: true }));
  const outfile = join(folder, "adapter.mjs");
  const entryPoints = [join(import.meta.dirname, "index.ts")];
  const external = ["@aws-sdk/*"];
  await build({ entryPoints, bundle: true, platform: "node", format: "esm", external, outfile });

  async function wrapAlone(options: AwsKeyServiceOptions): Promise<{ kind: string; why?: string }> {
    const script = `
      import { openAwsKeyService } from ${JSON.stringify(outfile)};
      const service = openAwsKeyService(${JSON.stringify(options)});
      const answer = await service.wrap(Buffer.alloc(32), ${JSON.stringify(key)}, AbortSignal.timeout(20_000));
      console.log(JSON.stringify(answer));`;
    const words = ["--input-type=module", "--eval", script];
    return JSON.parse((await promisify(execFile)(process.execPath, words, { cwd: folder })).stdout);
  }

  test("the answer is the command that installs it", async () => {
    const answer = await wrapAlone({ endpoint: fake.endpoint });
    expect(answer).toMatchObject({ kind: "missing" });
    expect(answer.why).toContain("npm install @aws-sdk/client-kms");
  });

  test("a trusted project's own is used", async () => {
    const options = { endpoint: fake.endpoint, projectRoot: process.cwd() };
    expect(await wrapAlone(options)).toMatchObject({ kind: "wrapped" });
  });
});

/** From Python's registry, which not every machine reaches: its absence is no failure, also where all is required. */
const MOTO = process.env.MOTO_SERVER ?? "/root/.pyenv/shims/moto_server";
const isMotoThere = spawnSync(MOTO, ["--help"], { stdio: "ignore" }).status === 0;

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Until it answers, or for half a minute. */
async function answers(url: string): Promise<void> {
  for (let tries = 0; tries < 600; tries++) {
    const answer = await fetch(url).catch(() => undefined);
    if (answer) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

describe.runIf(isMotoThere)("moto", async () => {
  // The body runs also where its tests are skipped.
  if (!isMotoThere) return;
  const port = await freePort();
  const moto = spawn(MOTO, ["-H", "127.0.0.1", "-p", String(port)], { stdio: "ignore" });
  afterAll(() => void moto.kill());
  const endpoint = `http://127.0.0.1:${port}`;

  keyServiceContract("AWS KMS as moto has it", async () => {
    await answers(endpoint);
    const { CreateKeyCommand, KMSClient } = await import("@aws-sdk/client-kms");
    const client = new KMSClient({ region: "eu-central-1", endpoint });
    const create = async (): Promise<KeyName> =>
      named((await client.send(new CreateKeyCommand({}))).KeyMetadata!.Arn!);
    const [one, other] = [await create(), await create()];
    const absent = named(one.name.replace(/[^/]*$/, "11111111-1111-1111-1111-111111111111"));
    return { service: openAwsKeyService({ endpoint }), key: one, other, absent };
  });
});
