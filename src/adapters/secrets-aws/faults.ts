/**
 * What AWS and its packages answer when they have no answer, in the port's words. AWS's own texts are not handed on:
 * they quote what was sent, which may be a secret, a token or a signature.
 */
import { systemCode } from "../../base/error.ts";
import type { SecretRefusal } from "../../ports/secret-store.ts";

type RefusalKind = SecretRefusal["kind"];

/** A call that brought no answer. */
export interface Fault {
  /** AWS's code, `ResourceNotFoundException`; of the network the system's. */
  readonly code: string;
  readonly refusal: SecretRefusal;
}

export type Asked<Answer> = { readonly answer: Answer } | { readonly fault: Fault };

/** Thrown where the SDK asks us for credentials and there are none: carries the reason through it. */
export class SignInFailure extends Error {
  readonly refusal: SecretRefusal;

  constructor(refusal: SecretRefusal) {
    super(refusal.why);
    this.name = "SignInFailure";
    this.refusal = refusal;
  }
}

/** Codes of Secrets Manager, Systems Manager, STS and KMS behind them, and those that all services share. */
const CODES: Readonly<Record<RefusalKind, readonly string[]>> = {
  missing: ["ResourceNotFoundException", "ParameterNotFound", "ParameterVersionNotFound"],
  denied: [
    "AccessDenied",
    "AccessDeniedException",
    "DecryptionFailure",
    "ExpiredToken",
    "ExpiredTokenException",
    "IDPRejectedClaim",
    "IncompleteSignature",
    "InvalidClientTokenId",
    "InvalidIdentityToken",
    "InvalidSignatureException",
    "MissingAuthenticationToken",
    "OptInRequired",
    "RequestExpired",
    "SignatureDoesNotMatch",
    "UnrecognizedClientException",
  ],
  invalid: ["InvalidKeyId", "InvalidParameterException", "ValidationError", "ValidationException"],
  unreachable: [
    "IDPCommunicationError",
    "InternalFailure",
    "InternalServerError",
    "InternalServiceError",
    "RequestLimitExceeded",
    "ServiceUnavailable",
    "Throttling",
    "ThrottlingException",
    "TooManyRequestsException",
    "TooManyUpdates",
  ],
};
const KIND_OF = new Map(
  (Object.keys(CODES) as RefusalKind[]).flatMap((kind) => CODES[kind].map((code) => [code, kind] as const)),
);

const MEANING: Readonly<Record<RefusalKind, string>> = {
  missing: "AWS has none under this name",
  denied: "AWS does not give it to this caller",
  invalid: "AWS does not take this request",
  unreachable: "AWS gave no answer",
};

const EXPIRED = new Set(["ExpiredToken", "ExpiredTokenException", "RequestExpired"]);
const WORD = /^[A-Za-z][\w.-]{0,79}$/;
const ACTION = /is not authorized to perform: ([a-z][a-z0-9-]*:[A-Za-z]{1,64})/;
const SIGN_IN = "aws sso login, or sign in as docs/reference-stores.md says";

/** What the network says where it has no code of the system. */
const NETWORK_NAMES = new Set(["TimeoutError", "AbortError"]);

/** A refusal with AWS's code, where AWS gave one of its own. */
export function refusalOfCode(code: string, message: string, status: number | undefined): SecretRefusal {
  const kind = KIND_OF.get(code) ?? kindOfStatus(status);
  const action = kind === "denied" ? ACTION.exec(message)?.[1] : undefined;
  const why = action ? `this caller may not ${action}` : MEANING[kind];
  const fix = EXPIRED.has(code) ? SIGN_IN : action && `allow ${action}, as docs/reference-stores.md shows`;
  return { kind, why: `${why} (${code})`, ...(fix ? { fix } : {}) };
}

/** A status alone never says that something is missing: a proxy's page has one too. */
function kindOfStatus(status: number | undefined): RefusalKind {
  if (status === 401 || status === 403) return "denied";
  if (status !== undefined && status >= 400 && status < 500 && ![404, 408, 429].includes(status))
    return "invalid";
  return "unreachable";
}

function statusOf(error: Error): number | undefined {
  const metadata = "$metadata" in error ? (error.$metadata as { httpStatusCode?: number }) : undefined;
  return metadata?.httpStatusCode;
}

function isOfService(error: Error): boolean {
  return "$fault" in error && WORD.test(error.name) && !["Error", "UnknownError"].includes(error.name);
}

/** @param error what a call of the SDK threw: all of it is what came from outside. */
function faultOf(error: unknown): Fault {
  if (error instanceof SignInFailure) return { code: error.name, refusal: error.refusal };
  if (!(error instanceof Error)) return noAnswer("an error");
  if (isOfService(error))
    return { code: error.name, refusal: refusalOfCode(error.name, error.message, statusOf(error)) };
  if (/^(?:Credentials|Token)ProviderError$/.test(error.name))
    return {
      code: error.name,
      refusal: { kind: "denied", why: "nobody is signed in to AWS here", fix: SIGN_IN },
    };
  if (error.message.startsWith("Region is missing")) return { code: "RegionMissing", refusal: noRegion() };
  const code = systemCode(error);
  if (code !== undefined && WORD.test(code)) return noAnswer(code);
  if (NETWORK_NAMES.has(error.name)) return noAnswer("no answer in time");
  const status = statusOf(error);
  return noAnswer(status === undefined ? "no answer that can be read" : `something answered ${status}`);
}

function noRegion(): SecretRefusal {
  return {
    kind: "invalid",
    why: "neither the reference nor AWS_REGION nor the profile names a region",
    fix: "add ?region=<region> to the reference, or set AWS_REGION",
  };
}

/** @param code what is known of it: AWS's code, the system's, or words of ours. */
function noAnswer(code: string): Fault {
  return { code, refusal: { kind: "unreachable", why: `${MEANING.unreachable} (${code})` } };
}

/**
 * Calls AWS. Everything that the call throws is a fault, never a bug of ours: so only the call itself belongs in it.
 *
 * @param isAnswer whether this is what AWS answers: anything may stand in its place, and say nothing of what is asked.
 * @param signal ends the waiting also where the SDK does not listen, as while it looks for credentials.
 */
export async function ask<Answer>(
  signal: AbortSignal,
  call: (options: { abortSignal: AbortSignal }) => Promise<Answer>,
  isAnswer: (answer: Answer) => boolean,
): Promise<Asked<Answer>> {
  if (signal.aborted) return { fault: noAnswer("no answer in time") };
  const { promise: ended, resolve } = Promise.withResolvers<Asked<Answer>>();
  const end = () => resolve({ fault: noAnswer("no answer in time") });
  signal.addEventListener("abort", end, { once: true });
  try {
    const answered = call({ abortSignal: signal }).then(
      (answer): Asked<Answer> =>
        isAnswer(answer) ? { answer } : { fault: noAnswer("something else answered") },
      (error: unknown): Asked<Answer> => ({ fault: faultOf(error) }),
    );
    return await Promise.race([answered, ended]);
  } finally {
    signal.removeEventListener("abort", end);
  }
}
