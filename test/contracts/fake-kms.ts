/**
 * AWS KMS and the part of STS that assumes roles, as far as one data key needs them, over HTTP on this machine: JSON
 * 1.1 with the operation in `X-Amz-Target`, and the query protocol. Keys are kept in memory; nothing is wrapped twice
 * the same way.
 *
 * Protocol: AWS KMS API Reference, "Encrypt", "Decrypt"; AWS STS API Reference, "AssumeRole".
 */
import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

export const FAKE_KEYS = ["a", "b"].map((name) => `arn:aws:kms:eu-central-1:123456789012:key/${name}`);
/** The only role that may be assumed; its credentials have this id. */
export const FAKE_ROLE = "arn:aws:iam::123456789012:role/ops";
export const ROLE_ACCESS_KEY = "ASIAROLE";

interface Call {
  readonly target: string;
  readonly keyId: string;
  /** From the request's signature. */
  readonly accessKey: string;
}

export interface FakeKms {
  readonly endpoint: string;
  readonly calls: readonly Call[];
  /** The next request is answered with this error. */
  failNext(status: number, code: string): void;
  close(): Promise<void>;
}

interface Wanted {
  readonly KeyId: string;
  readonly Plaintext: string;
  readonly CiphertextBlob: string;
  readonly EncryptionContext?: Readonly<Record<string, string>>;
}

type Answer = { readonly status: number; readonly body: unknown };

const failure = (code: string): Answer => ({ status: 400, body: { __type: code, message: "as asked" } });

/** The context as it is authenticated: in one order. */
function contextBytes({ EncryptionContext = {} }: Wanted): Buffer {
  return Buffer.from(JSON.stringify(Object.entries(EncryptionContext).sort()));
}

function answer(target: string, wanted: Wanted, keys: ReadonlyMap<string, Buffer>): Answer {
  const key = keys.get(wanted.KeyId);
  if (!key) return failure("NotFoundException");
  if (target === "TrentService.Encrypt") {
    const iv = randomBytes(12);
    const cipher = createCipheriv("aes-256-gcm", key, iv).setAAD(contextBytes(wanted));
    const data = Buffer.concat([cipher.update(Buffer.from(wanted.Plaintext, "base64")), cipher.final()]);
    const blob = Buffer.concat([iv, cipher.getAuthTag(), data]);
    return { status: 200, body: { KeyId: wanted.KeyId, CiphertextBlob: blob.toString("base64") } };
  }
  if (target !== "TrentService.Decrypt") return failure("UnknownOperationException");
  const blob = Buffer.from(wanted.CiphertextBlob, "base64");
  if (blob.length < 28) return failure("InvalidCiphertextException");
  try {
    const decipher = createDecipheriv("aes-256-gcm", key, blob.subarray(0, 12))
      .setAAD(contextBytes(wanted))
      .setAuthTag(blob.subarray(12, 28));
    const plain = Buffer.concat([decipher.update(blob.subarray(28)), decipher.final()]);
    return { status: 200, body: { KeyId: wanted.KeyId, Plaintext: plain.toString("base64") } };
  } catch {
    return failure("InvalidCiphertextException");
  }
}

function assumeRole(form: URLSearchParams): { status: number; xml: string } {
  if (form.get("RoleArn") !== FAKE_ROLE)
    return { status: 403, xml: "<ErrorResponse><Error><Code>AccessDenied</Code></Error></ErrorResponse>" };
  const given = `<AccessKeyId>${ROLE_ACCESS_KEY}</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken><Expiration>2036-01-01T00:00:00Z</Expiration>`;
  const result = `<AssumeRoleResult><Credentials>${given}</Credentials></AssumeRoleResult>`;
  return { status: 200, xml: `<AssumeRoleResponse>${result}</AssumeRoleResponse>` };
}

function accessKeyOf(authorization = ""): string {
  return /Credential=([^/]+)\//.exec(authorization)?.[1] ?? "";
}

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

export async function startFakeKms(): Promise<FakeKms> {
  const keys = new Map(FAKE_KEYS.map((arn) => [arn, randomBytes(32)]));
  const calls: Call[] = [];
  const failures: Answer[] = [];
  const server = createServer(async (request, response) => {
    const target = String(request.headers["x-amz-target"] ?? "AssumeRole");
    const body = await text(request);
    if (target === "AssumeRole") {
      const { status, xml } = assumeRole(new URLSearchParams(body));
      response.writeHead(status, { "content-type": "text/xml" }).end(xml);
      return;
    }
    const wanted = JSON.parse(body) as Wanted;
    calls.push({ target, keyId: wanted.KeyId, accessKey: accessKeyOf(request.headers.authorization) });
    const { status, body: given } = failures.shift() ?? answer(target, wanted, keys);
    response.writeHead(status, { "content-type": "application/x-amz-json-1.1" }).end(JSON.stringify(given));
  });
  return {
    endpoint: await listen(server),
    calls,
    failNext: (status, code) => void failures.push({ status, body: { __type: code, message: "as asked" } }),
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
