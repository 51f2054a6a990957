/**
 * What AWS's documents say of Secrets Manager and Parameter Store (JSON 1.1) and of the token service (query, XML), as
 * far as Ringfence asks them: a service of this machine, in memory.
 */
import { randomBytes, randomUUID } from "node:crypto";
import { PLANTED } from "../secret-store-subject.ts";
import { type FailingServer, openServer, type Request, type Response } from "./failing-server.ts";

interface Version {
  readonly id: string;
  readonly text?: string;
  readonly bytes?: string;
  readonly labels: Set<string>;
}

type Input = Readonly<Record<string, unknown>>;
type Call = (input: Input) => unknown;

export interface AwsService extends FailingServer {
  /** Puts a secret there, or a further version that everyone gets. */
  keepSecret(name: string, value: { readonly text?: string; readonly bytes?: string }): void;
  keepParameter(name: string, text: string): void;
  /** A secret that nobody may have, and a parameter. */
  deny(name: string): void;
  /** Calls that this caller may not make at all: `BatchGetSecretValue`. */
  readonly forbidden: Set<string>;
  /** Marks a secret for deletion. */
  readonly doomed: Set<string>;
}

const ACCOUNT = "123456789012";
const LARGEST_SECRET = 65_536;
const THROTTLED: Response = {
  status: 400,
  body: JSON.stringify({ __type: "ThrottlingException", message: `Rate exceeded: ${PLANTED}` }),
};

class AwsError extends Error {
  readonly code: string;

  /** @param quoted AWS's texts quote what was sent. */
  constructor(code: string, quoted = PLANTED) {
    super(`it is so: ${quoted}`);
    this.code = code;
  }
}

const arnOf = (name: string) => `arn:aws:secretsmanager:eu-central-1:${ACCOUNT}:secret:${name}-AbCdEf`;
const nameOf = (id: string) => /:secret:(.*?)(?:-\w{6})?$/.exec(id)?.[1] ?? id;

/** The secrets, with what AWS looks at before it answers about one. */
interface Secrets {
  readonly kept: Map<string, Version[]>;
  readonly denied: Set<string>;
  readonly doomed: Set<string>;
}

function versionsOf({ kept, denied, doomed }: Secrets, { SecretId }: Input): [string, Version[]] {
  const name = nameOf(String(SecretId));
  if (denied.has(name)) throw new AwsError("AccessDeniedException");
  if (doomed.has(name)) throw new AwsError("InvalidRequestException");
  const versions = kept.get(name);
  if (!versions) throw new AwsError("ResourceNotFoundException");
  return [name, versions];
}

function getSecret(secrets: Secrets, input: Input) {
  const [name, versions] = versionsOf(secrets, input);
  const { VersionId, VersionStage = VersionId ? undefined : "AWSCURRENT" } = input;
  const found = versions.find(
    ({ id, labels }) =>
      (VersionId === undefined || id === VersionId) &&
      (VersionStage === undefined || labels.has(String(VersionStage))),
  );
  if (!found) throw new AwsError("ResourceNotFoundException");
  const { id, text, bytes, labels } = found;
  const about = { ARN: arnOf(name), Name: name, VersionStages: [...labels], CreatedDate: 1_700_000_000.5 };
  return { ...about, VersionId: id, SecretString: text, SecretBinary: bytes };
}

/** A label is on one version. */
function give(versions: readonly Version[], label: string, to: string | undefined): void {
  for (const { id, labels } of versions) {
    if (id === to) labels.add(label);
    else labels.delete(label);
  }
}

function addVersion(versions: Version[], input: Input, stages: readonly string[]): string {
  const text = String(input.SecretString);
  if (Buffer.byteLength(text) > LARGEST_SECRET) throw new AwsError("ValidationException", text);
  const id = String(input.ClientRequestToken);
  const there = versions.find((version) => version.id === id);
  if (there && there.text !== text) throw new AwsError("ResourceExistsException");
  if (!there) versions.push({ id, text, labels: new Set() });
  if (!there) for (const stage of stages) give(versions, stage, id);
  return id;
}

function secretReads(secrets: Secrets): Record<string, Call> {
  return {
    GetSecretValue: (input) => getSecret(secrets, input),
    BatchGetSecretValue({ SecretIdList }) {
      const values: unknown[] = [];
      const errors: unknown[] = [];
      for (const SecretId of SecretIdList as string[]) {
        try {
          values.push(getSecret(secrets, { SecretId }));
        } catch (error) {
          const { code, message } = error as AwsError;
          errors.push({ SecretId, ErrorCode: code, Message: message });
        }
      }
      return { SecretValues: values.reverse(), Errors: errors };
    },
    DescribeSecret(input) {
      const [name, versions] = versionsOf(secrets, input);
      const labelled = versions.filter(({ labels }) => labels.size > 0);
      const stages = Object.fromEntries(labelled.map(({ id, labels }) => [id, [...labels]]));
      return { ARN: arnOf(name), Name: name, VersionIdsToStages: stages };
    },
  };
}

function secretWrites(secrets: Secrets): Record<string, Call> {
  const { kept, denied, doomed } = secrets;
  return {
    CreateSecret(input) {
      const name = String(input.Name);
      if (denied.has(name)) throw new AwsError("AccessDeniedException");
      if (doomed.has(name)) throw new AwsError("InvalidRequestException");
      const versions = kept.get(name) ?? [];
      const known = versions.some(({ id }) => id === input.ClientRequestToken);
      if (versions.length > 0 && !known) throw new AwsError("ResourceExistsException");
      const id = addVersion(versions, input, ["AWSCURRENT"]);
      kept.set(name, versions);
      return { ARN: arnOf(name), Name: name, VersionId: id };
    },
    PutSecretValue(input) {
      const [name, versions] = versionsOf(secrets, input);
      const id = addVersion(versions, input, input.VersionStages as string[]);
      return { ARN: arnOf(name), Name: name, VersionId: id };
    },
    UpdateSecretVersionStage(input) {
      const [name, versions] = versionsOf(secrets, input);
      const { VersionStage, RemoveFromVersionId, MoveToVersionId } = input;
      const label = String(VersionStage);
      const holder = versions.find(({ labels }) => labels.has(label));
      if (holder?.id !== RemoveFromVersionId) throw new AwsError("InvalidParameterException");
      if (label === "AWSCURRENT" && holder) give(versions, "AWSPREVIOUS", holder.id);
      give(versions, label, MoveToVersionId === undefined ? undefined : String(MoveToVersionId));
      return { ARN: arnOf(name), Name: name };
    },
  };
}

function parameterCalls(parameters: Map<string, string[]>, denied: Set<string>): Record<string, Call> {
  return {
    GetParameters({ Names }) {
      const asked = (Names as string[]).map((name) => [name, ...name.split(":")] as const);
      if (asked.some(([, name]) => denied.has(name!))) throw new AwsError("AccessDeniedException");
      const found = asked.flatMap(([, name, selector]) => {
        const versions = parameters.get(name!) ?? [];
        const number = selector === undefined ? versions.length : Number(selector);
        const Value = versions[number - 1];
        if (Value === undefined) return [];
        return [{ Name: name, Value, Version: number, ...(selector ? { Selector: `:${selector}` } : {}) }];
      });
      const names = found.map(({ Name, Selector = "" }) => `${Name}${Selector}`);
      const missing = asked.map(([whole]) => whole).filter((whole) => !names.includes(whole));
      return { Parameters: found.reverse(), InvalidParameters: missing };
    },
    PutParameter({ Name, Value, Type, Overwrite }) {
      const name = String(Name);
      if (denied.has(name)) throw new AwsError("AccessDeniedException");
      if (Type !== "SecureString" || Buffer.byteLength(String(Value)) > 8192)
        throw new AwsError("ValidationException", String(Value));
      if (parameters.has(name) && !Overwrite) throw new AwsError("ParameterAlreadyExists");
      parameters.set(name, [...(parameters.get(name) ?? []), String(Value)]);
      return { Version: 1, Tier: "Standard" };
    },
  };
}

/** An hour, or what was asked for. */
function session(input: URLSearchParams): Response {
  const action = input.get("Action") ?? "";
  const role = input.get("RoleArn") ?? "";
  const wrong = (status: number, code: string): Response => ({
    status,
    body: `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>${PLANTED}</Message></Error></ErrorResponse>`,
  });
  if (role.endsWith("/denied")) return wrong(403, "AccessDenied");
  if (action === "AssumeRoleWithWebIdentity" && input.get("WebIdentityToken") !== "identity of the pipeline")
    return wrong(400, "InvalidIdentityToken");
  const until = new Date(Date.now() + Number(input.get("DurationSeconds") ?? 3600) * 1000).toISOString();
  const arn = `arn:aws:sts::${ACCOUNT}:assumed-role/${role.split("/").at(-1)}/${input.get("RoleSessionName")}`;
  const credentials = [
    `<AccessKeyId>ASIA${randomBytes(8).toString("hex").toUpperCase()}</AccessKeyId>`,
    `<SecretAccessKey>${randomBytes(20).toString("hex")}</SecretAccessKey>`,
    `<SessionToken>${randomBytes(60).toString("base64")}</SessionToken><Expiration>${until}</Expiration>`,
  ].join("");
  const result = `<AssumedRoleUser><Arn>${arn}</Arn><AssumedRoleId>AROA:x</AssumedRoleId></AssumedRoleUser>`;
  return {
    status: 200,
    headers: { "content-type": "text/xml" },
    body: `<${action}Response><${action}Result>${result}<Credentials>${credentials}</Credentials></${action}Result></${action}Response>`,
  };
}

/** Opens the service. It takes every signature and no missing one. */
export async function openAws(): Promise<AwsService> {
  const secrets = new Map<string, Version[]>();
  const parameters = new Map<string, string[]>();
  const denied = new Set<string>();
  const forbidden = new Set<string>();
  const doomed = new Set<string>();
  const managed = { kept: secrets, denied, doomed };
  const calls = {
    ...secretReads(managed),
    ...secretWrites(managed),
    ...parameterCalls(parameters, denied),
  };
  const answer = ({ headers, body }: Request): Response => {
    const target = headers["x-amz-target"];
    if (typeof target !== "string") return session(new URLSearchParams(body));
    const json = { "content-type": "application/x-amz-json-1.1" };
    try {
      const name = target.split(".").at(-1)!;
      if (!headers.authorization || forbidden.has(name)) throw new AwsError("AccessDeniedException");
      return { status: 200, headers: json, body: JSON.stringify(calls[name]!(JSON.parse(body))) };
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      return {
        status: 400,
        headers: json,
        body: JSON.stringify({ __type: error.code, message: error.message }),
      };
    }
  };
  const server = await openServer(answer, THROTTLED, PLANTED);
  return {
    ...server,
    forbidden,
    doomed,
    deny: (name) => void denied.add(name),
    keepSecret(name, value) {
      const versions = secrets.get(name) ?? [];
      const id = randomUUID();
      versions.push({ id, ...value, labels: new Set() });
      give(versions, "AWSPREVIOUS", versions.find(({ labels }) => labels.has("AWSCURRENT"))?.id);
      give(versions, "AWSCURRENT", id);
      secrets.set(name, versions);
    },
    keepParameter: (name, text) => void parameters.set(name, [...(parameters.get(name) ?? []), text]),
  };
}
