import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SecretsManager } from "@aws-sdk/client-secrets-manager";
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { type AwsService, openAws } from "../../../test/contracts/services/aws.ts";
import { openServer } from "../../../test/contracts/services/failing-server.ts";
import type { SecretReference } from "../../ports/secret-store.ts";
import { openAwsSecrets } from "./index.ts";
import { loadPackage, packagePlaces } from "./packages.ts";

const never = new AbortController().signal;
const ROLE = "arn:aws:iam::123456789012:role/deploy";
const KEYS = { AWS_ACCESS_KEY_ID: "AKIAIOSFODNN7EXAMPLE", AWS_SECRET_ACCESS_KEY: "a key of nobody" };
const folder = mkdtempSync(join(tmpdir(), "ringfence-aws-"));
const tokenFile = join(folder, "token");
writeFileSync(tokenFile, "identity of the pipeline\n");

let aws: AwsService;
beforeEach(async () => {
  aws = await openAws();
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await aws.close();
});
afterAll(() => rmSync(folder, { recursive: true }));

function reference(scheme: string, path: string, parameters: Record<string, string> = {}): SecretReference {
  return { text: `${scheme}://${path}`, scheme, path, parameters };
}

function open(variables: Readonly<Record<string, string>>) {
  return openAwsSecrets({
    folder: undefined,
    variables: { AWS_ENDPOINT_URL: aws.address, AWS_REGION: "eu-central-1", ...variables },
  });
}

const read = async (references: readonly SecretReference[], variables: Record<string, string> = KEYS) =>
  open(variables).read(references, never);

const calls = () => aws.requests.map(({ headers }) => String(headers["x-amz-target"]).split(".").at(-1));

describe("Secrets Manager", () => {
  test("a secret that is kept as bytes is given as Base64", async () => {
    aws.keepSecret("bytes", { bytes: Buffer.from([0, 255, 1]).toString("base64") });
    expect(await read([reference("aws-sm", "bytes")])).toMatchObject([{ kind: "found", text: "AP8B" }]);
  });

  test("one secret needs no permission for batches, and many are asked for singly without it", async () => {
    aws.forbidden.add("BatchGetSecretValue");
    for (const name of ["one", "two"]) aws.keepSecret(name, { text: name });
    expect(await read([reference("aws-sm", "one")])).toMatchObject([{ text: "one" }]);
    expect(calls()).toEqual(["GetSecretValue"]);
    const both = [reference("aws-sm", "two"), reference("aws-sm", "one")];
    expect(await read(both)).toMatchObject([{ text: "two" }, { text: "one" }]);
  });

  test("an ARN names a secret with and without what AWS puts behind its name", async () => {
    aws.keepSecret("one", { text: "one" });
    const arn = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:one";
    const both = [reference("aws-sm", arn), reference("aws-sm", `${arn}-AbCdEf`)];
    expect(await read(both)).toMatchObject([{ text: "one" }, { text: "one" }]);
  });

  test("a stage is asked for by its label", async () => {
    aws.keepSecret("one", { text: "one" });
    const asked = ["AWSCURRENT", "AWSPREVIOUS"].map((stage) => reference("aws-sm", "one", { stage }));
    expect(await read(asked)).toMatchObject([{ text: "one" }, { kind: "missing" }]);
  });

  test("a promotion is written where its label is not taken away, and nothing more is answered", async () => {
    aws.keepSecret("one", { text: "one" });
    const { writer, ...store } = open(KEYS);
    const one = reference("aws-sm", "one");
    const [before] = await store.read([one], never);
    const staged = await writer!.stage(one, "two", "token", never);
    if (before?.kind !== "found" || staged.kind !== "written") throw new Error("both are there");
    let isPromoted = false;
    aws.intercept(({ body }, answer) => {
      if (isPromoted) return { status: 400, body: '{"__type":"AccessDeniedException"}' };
      isPromoted = body.includes("MoveToVersionId");
      return answer();
    });
    expect(await writer!.promote(one, staged.version, before.version, never)).toEqual(staged);
    aws.intercept((_request, answer) => answer());
    expect(await store.read([one], never)).toMatchObject([{ text: "two", version: staged.version }]);
  });

  test("a rotation that is under way keeps its label, whatever is staged beside it", async () => {
    aws.keepSecret("one", { text: "one" });
    const credentials = { accessKeyId: KEYS.AWS_ACCESS_KEY_ID, secretAccessKey: "a key of nobody" };
    const client = new SecretsManager({ endpoint: aws.address, region: "eu-central-1", credentials });
    const rotating = { SecretId: "one", SecretString: "rotating", VersionStages: ["AWSPENDING"] };
    await client.putSecretValue(rotating);
    const { writer, ...store } = open(KEYS);
    const one = reference("aws-sm", "one");
    const pending = reference("aws-sm", "one", { stage: "AWSPENDING" });
    const staged = await writer!.stage(one, "two", "token", never);
    if (staged.kind !== "written") throw new Error("it is written");
    expect(await store.read([pending, one], never)).toMatchObject([{ text: "rotating" }, { text: "one" }]);
    await writer!.discard(one, staged.version, never);
    expect(await store.read([pending], never)).toMatchObject([{ text: "rotating" }]);
  });

  test("a secret that is marked for deletion is missing, and its name is taken", async () => {
    aws.keepSecret("old", { text: "x" });
    aws.doomed.add("old");
    const old = reference("aws-sm", "old");
    expect(await read([old, reference("aws-sm", "none")])).toMatchObject([
      { kind: "missing" },
      { kind: "missing" },
    ]);
    expect(await open(KEYS).writer!.create(old, "y", "token", never)).toMatchObject({ kind: "exists" });
  });
});

test.each([
  ["/shop/db", "/shop/db"],
  ["shop/db", "/shop/db"],
  ["db", "db"],
])("a parameter is found as people write it: %s", async (written, name) => {
  aws.keepParameter(name, "value");
  const numbered = reference("aws-ssm", `${written}:1`);
  expect(await read([reference("aws-ssm", written), numbered])).toMatchObject([
    { text: "value", version: "1" },
    { text: "value", version: "1" },
  ]);
});

describe("who we are", () => {
  const github = (answer: { status: number; body: string }) => openServer(() => answer, answer, "");

  test("a pipeline signs in by the identity in a file, once for many calls", async () => {
    aws.keepSecret("one", { text: "one" });
    const store = open({ AWS_ROLE_ARN: ROLE, AWS_WEB_IDENTITY_TOKEN_FILE: tokenFile });
    for (const _time of ["first", "again"])
      expect(await store.read([reference("aws-sm", "one")], never)).toMatchObject([{ text: "one" }]);
    const [login, first, again] = aws.requests;
    expect(new URLSearchParams(login!.body).get("Action")).toBe("AssumeRoleWithWebIdentity");
    expect(login!.headers.authorization).toBeUndefined();
    for (const request of [first, again]) expect(request!.headers.authorization).toContain("Credential=ASIA");
    expect(aws.requests).toHaveLength(3);
  });

  test("a pipeline of GitHub signs in by the identity that GitHub gives", async () => {
    aws.keepSecret("one", { text: "one" });
    const server = await github({ status: 200, body: '{"value":"identity of the pipeline"}' });
    const answers = await read([reference("aws-sm", "one")], {
      AWS_ROLE_ARN: ROLE,
      ACTIONS_ID_TOKEN_REQUEST_URL: `${server.address}/token?api-version=2.0`,
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: "request token",
    });
    expect(answers).toMatchObject([{ text: "one" }]);
    expect(server.requests[0]).toMatchObject({ headers: { authorization: "Bearer request token" } });
    expect(server.requests[0]!.url.searchParams.get("audience")).toBe("sts.amazonaws.com");
    await server.close();
  });

  test("without the job's permission for an identity the fix names it", async () => {
    const server = await github({ status: 403, body: "" });
    const answers = await read([reference("aws-sm", "one")], {
      AWS_ROLE_ARN: ROLE,
      ACTIONS_ID_TOKEN_REQUEST_URL: server.address,
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: "request token",
    });
    expect(answers).toMatchObject([{ kind: "denied", fix: expect.stringContaining("id-token: write") }]);
    await server.close();
  });

  test("nobody is signed in: denied, with what to do", async () => {
    const nowhere = join(folder, "nowhere");
    vi.stubEnv("AWS_CONFIG_FILE", nowhere);
    vi.stubEnv("AWS_SHARED_CREDENTIALS_FILE", nowhere);
    vi.stubEnv("AWS_EC2_METADATA_DISABLED", "true");
    const answers = await read([reference("aws-sm", "one")], {});
    expect(answers).toMatchObject([{ kind: "denied", fix: expect.stringContaining("aws sso login") }]);
    expect(aws.requests).toEqual([]);
  });

  test("no region is said to be none", async () => {
    vi.stubEnv("AWS_CONFIG_FILE", join(folder, "nowhere"));
    const answers = await read([reference("aws-sm", "one")], { ...KEYS, AWS_REGION: "" });
    expect(answers).toMatchObject([{ kind: "invalid", fix: expect.stringContaining("?region=") }]);
  });
});

describe("sessions of roles", () => {
  test("are JSON by AWS's own names, for as long as was asked for", async () => {
    const asked = reference("aws-sts", ROLE, { duration: "15m" });
    const [answer] = await read([asked], { AWS_WEB_IDENTITY_TOKEN_FILE: tokenFile });
    if (answer?.kind !== "found") throw new Error("there is one");
    const names = ["AccessKeyId", "SecretAccessKey", "SessionToken", "Expiration"];
    expect(Object.keys(JSON.parse(answer.text))).toEqual(names);
    expect(answer.lease!.durationMs).toBeLessThanOrEqual(900_000);
  });

  test.each([
    [reference("aws-sts", "deploy"), "invalid"],
    [reference("aws-sts", ROLE, { duration: "1m" }), "invalid"],
    [reference("aws-sts", ROLE, { duration: "soon" }), "invalid"],
    [reference("aws-sts", "arn:aws:iam::123456789012:role/denied"), "denied"],
  ])("%o is %s", async (asked, kind) => {
    expect(await read([asked])).toMatchObject([{ kind }]);
  });
});

test("a package that is not installed is named with its installation", async () => {
  const places = [join(folder, "package.json")];
  expect(await loadPackage("@aws-sdk/client-ssm", places)).toMatchObject({
    kind: "denied",
    fix: "npm install --save-dev @aws-sdk/client-ssm",
  });
  expect(packagePlaces(folder)[1]).toBe(places[0]);
  expect(packagePlaces(undefined)).toHaveLength(1);
});
