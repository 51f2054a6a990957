/**
 * Sessions of roles: credentials for a limited time, by AWS's token service. A pipeline that has an identity token
 * (OpenID Connect) needs no kept credential for them.
 */
import type { Credentials, STS } from "@aws-sdk/client-sts";
import { answerEach } from "../../base/answering.ts";
import { rememberSecret } from "../../base/redact.ts";
import type { SecretAnswer, SecretReference, SecretRefusal } from "../../ports/secret-store.ts";
import { ask } from "./faults.ts";
import { hasIdentityToken, identityToken, type Variables } from "./identity-token.ts";
import { invalid, isRefusal, type Scope, scopeOf, unknownParameter } from "./reference.ts";

const ROLE = /^arn:[a-z-]+:iam::\d{12}:role\/[\w+=,.@/-]{1,576}$/;
const DURATION = /^(\d{1,5})(s|m|h)?$/;
const UNIT_S: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600 };
const SHORTEST_S = 900;
const LONGEST_S = 43_200;
const AT_A_TIME = 4;

export interface RoleSession {
  /** Of the session, not of the role. */
  readonly arn: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  readonly expiration: Date;
}

interface Wish {
  readonly role: string;
  /** Undefined for what AWS gives: an hour. */
  readonly durationS: number | undefined;
}

const UNUSABLE: SecretRefusal = { kind: "unreachable", why: "AWS gave a session without credentials" };

function sessionOf(arn: string | undefined, given: Credentials | undefined): RoleSession | undefined {
  const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = given ?? {};
  if (!arn || !AccessKeyId || !SecretAccessKey || !SessionToken || !Expiration) return undefined;
  rememberSecret(SecretAccessKey);
  rememberSecret(SessionToken);
  return {
    arn,
    accessKeyId: AccessKeyId,
    secretAccessKey: SecretAccessKey,
    sessionToken: SessionToken,
    expiration: Expiration,
  };
}

function parametersOf({ role, durationS }: Wish, variables: Variables) {
  return {
    RoleArn: role,
    RoleSessionName: variables.AWS_ROLE_SESSION_NAME || "ringfence",
    ...(durationS === undefined ? {} : { DurationSeconds: durationS }),
  };
}

/** The session that a call of the token service brings. */
async function taken(
  signal: AbortSignal,
  call: (options: { abortSignal: AbortSignal }) => Promise<RoleSession | undefined>,
): Promise<RoleSession | SecretRefusal> {
  const asked = await ask(signal, call, (session) => session !== undefined);
  if ("fault" in asked) return asked.fault.refusal;
  return asked.answer ?? UNUSABLE;
}

/** A session by the identity token of a pipeline; nothing else signs the request. */
export function assumeByIdentity(
  client: STS,
  wish: Wish,
  variables: Variables,
  signal: AbortSignal,
): Promise<RoleSession | SecretRefusal> {
  return taken(signal, async (options) => {
    const token = await identityToken(variables);
    const given = { ...parametersOf(wish, variables), WebIdentityToken: token };
    const { AssumedRoleUser, Credentials } = await client.assumeRoleWithWebIdentity(given, options);
    return sessionOf(AssumedRoleUser?.Arn, Credentials);
  });
}

function assumeByCredentials(client: STS, wish: Wish, variables: Variables, signal: AbortSignal) {
  return taken(signal, async (options) => {
    const given = parametersOf(wish, variables);
    const { AssumedRoleUser, Credentials } = await client.assumeRole(given, options);
    return sessionOf(AssumedRoleUser?.Arn, Credentials);
  });
}

function durationOf(text: string | undefined): number | undefined | SecretRefusal {
  if (text === undefined) return undefined;
  const [, count, unit = "s"] = DURATION.exec(text) ?? [];
  const seconds = Number(count) * UNIT_S[unit]!;
  if (seconds >= SHORTEST_S && seconds <= LONGEST_S) return seconds;
  return invalid(`${text} is no duration of a session`, "use ?duration=15m to ?duration=12h");
}

/** Answers `aws-sts:` references: the credentials as JSON, by the names that AWS gives them. */
export function openRoleSessions(
  tokenService: (scope: Scope) => Promise<STS | SecretRefusal>,
  variables: Variables,
) {
  const read = async (reference: SecretReference, signal: AbortSignal): Promise<SecretAnswer> => {
    const wrong = unknownParameter(reference, ["region", "profile", "duration"]);
    if (wrong) return wrong;
    if (!ROLE.test(reference.path))
      return invalid("the path is no ARN of a role", "aws-sts:arn:aws:iam::<account>:role/<name>");
    const scope = scopeOf(reference);
    if (isRefusal(scope)) return scope;
    const durationS = durationOf(reference.parameters.duration);
    if (typeof durationS === "object") return durationS;
    const client = await tokenService(scope);
    if (isRefusal(client)) return client;
    const byIdentity = scope.profile === undefined && hasIdentityToken(variables);
    const assume = byIdentity ? assumeByIdentity : assumeByCredentials;
    const session = await assume(client, { role: reference.path, durationS }, variables, signal);
    return isRefusal(session) ? session : answerOf(session);
  };
  return (references: readonly SecretReference[], signal: AbortSignal) =>
    answerEach(references, AT_A_TIME, (reference) => read(reference, signal));
}

function answerOf({
  arn,
  accessKeyId,
  secretAccessKey,
  sessionToken,
  expiration,
}: RoleSession): SecretAnswer {
  const text = JSON.stringify({
    AccessKeyId: accessKeyId,
    SecretAccessKey: secretAccessKey,
    SessionToken: sessionToken,
    Expiration: expiration.toISOString(),
  });
  const durationMs = Math.max(0, expiration.getTime() - Date.now());
  return { kind: "found", text, version: undefined, lease: { id: arn, durationMs, renewable: false } };
}
