/** Who we are to AWS where that was said to Ringfence: keys in variables, or a pipeline's identity. */
import type { STS } from "@aws-sdk/client-sts";
import type { SecretRefusal } from "../../ports/secret-store.ts";
import { SignInFailure } from "./faults.ts";
import { hasIdentityToken, type Variables } from "./identity-token.ts";
import { isRefusal, type Scope } from "./reference.ts";
import { assumeByIdentity } from "./role-sessions.ts";

interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  /** The SDK asks again before. */
  readonly expiration?: Date;
}

const SIGN_IN_TIMEOUT_MS = 30_000;

/**
 * How the SDK gets credentials; undefined where its own chain finds them: profiles, single sign-on, containers and
 * machines. The order is the chain's: a profile that was named, keys, a role by identity.
 */
export function credentialsFor(
  { profile }: Scope,
  variables: Variables,
  tokenService: () => Promise<STS | SecretRefusal>,
): (() => Promise<Credentials>) | undefined {
  if (profile !== undefined || variables.AWS_PROFILE) return undefined;
  const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN, AWS_ROLE_ARN } = variables;
  if (AWS_ACCESS_KEY_ID && AWS_SECRET_ACCESS_KEY) {
    const keys = { accessKeyId: AWS_ACCESS_KEY_ID, secretAccessKey: AWS_SECRET_ACCESS_KEY };
    return async () => (AWS_SESSION_TOKEN ? { ...keys, sessionToken: AWS_SESSION_TOKEN } : keys);
  }
  if (!AWS_ROLE_ARN || !hasIdentityToken(variables)) return undefined;
  return async () => {
    const client = await tokenService();
    if (isRefusal(client)) throw new SignInFailure(client);
    const wish = { role: AWS_ROLE_ARN, durationS: undefined };
    const session = await assumeByIdentity(client, wish, variables, AbortSignal.timeout(SIGN_IN_TIMEOUT_MS));
    if (isRefusal(session)) throw new SignInFailure(session);
    return session;
  };
}
