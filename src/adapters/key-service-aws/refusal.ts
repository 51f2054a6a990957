/** What an error of the AWS clients means. Only codes are looked at and repeated: messages may quote what was sent. */
import type { KeyRefusal } from "../../ports/key-service.ts";

const DENIED = new Set([
  "AccessDenied",
  "AccessDeniedException",
  "CredentialsProviderError",
  "ExpiredTokenException",
  "ExpiredToken",
  "IncompleteSignature",
  "InvalidClientTokenId",
  "InvalidSignatureException",
  "MissingAuthenticationToken",
  "SignatureDoesNotMatch",
  "TokenProviderError",
  "UnrecognizedClientException",
]);
const INVALID = new Set([
  "DisabledException",
  "IncorrectKeyException",
  "InvalidArnException",
  "InvalidCiphertextException",
  "InvalidKeyUsageException",
  "KMSInvalidStateException",
  "NotFoundException",
  "ValidationException",
]);

function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return "an unknown failure";
  return "code" in error && typeof error.code === "string" ? error.code : error.name;
}

/** The refusal that an error of a call stands for. A bug of ours is thrown on. */
export function refusalOf(error: unknown, signal: AbortSignal): KeyRefusal {
  if (error instanceof TypeError || error instanceof ReferenceError) throw error;
  if (signal.aborted) return { kind: "unreachable", why: "there was no answer in time" };
  const code = codeOf(error);
  if (DENIED.has(code)) return { kind: "denied", why: `AWS says ${code}` };
  if (INVALID.has(code)) return { kind: "invalid", why: `AWS says ${code}` };
  return { kind: "unreachable", why: `asking AWS failed: ${code}` };
}
