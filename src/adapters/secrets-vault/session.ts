/**
 * Who we are to Vault: a token that was given, or a login by AppRole, by a pipeline's JWT (OpenID Connect), or as a
 * Kubernetes service account. A login is made once and again when its token has ended.
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { rememberSecret } from "../../base/redact.ts";
import type { SecretRefusal } from "../../ports/secret-store.ts";
import { type Ask, isObject, isRefusal, unreachable, type Variables, type VaultAnswer } from "./http.ts";
import { refusalOf } from "./refusal.ts";

export interface VaultOptions {
  readonly variables: Variables;
  /** Where `vault login` leaves its token. */
  readonly home: string;
}

interface Token {
  readonly text: string;
  /** By `performance.now()`; infinite for a token whose end we don't know. */
  readonly endsAtMs: number;
}

export interface Session {
  /** Asks as whoever is signed in. */
  ask(request: Omit<Parameters<Ask>[0], "token">, signal: AbortSignal): Promise<VaultAnswer | SecretRefusal>;
  /** The same, and when the token that asked ends, with all leases that it got: by `performance.now()`. */
  askByToken(
    request: Omit<Parameters<Ask>[0], "token">,
    signal: AbortSignal,
  ): Promise<{ readonly answer: VaultAnswer | SecretRefusal; readonly endsAtMs: number }>;
}

interface Login {
  /** Where the method is enabled unless VAULT_AUTH_MOUNT says another place. */
  readonly mount: string;
  readonly body: Readonly<Record<string, string>>;
}

const KUBERNETES_TOKEN = "/var/run/secrets/kubernetes.io/serviceaccount/token";
/** A token is not used in its last moments: a request takes its time. */
const MARGIN_MS = 5_000;
const MOUNT = /^[\w-]+(?:\/[\w-]+)*$/;

async function contentOf(file: string): Promise<string | undefined> {
  const text = await readFile(file, "utf8").catch(() => "");
  return text.trim() || undefined;
}

async function jwtOf(variables: Variables): Promise<string | undefined> {
  return variables.VAULT_JWT || (variables.VAULT_JWT_FILE && (await contentOf(variables.VAULT_JWT_FILE)));
}

/** The first method whose variables are there. */
async function loginOf(variables: Variables): Promise<Login | SecretRefusal | undefined> {
  const { VAULT_ROLE_ID, VAULT_SECRET_ID, VAULT_JWT_ROLE, VAULT_KUBERNETES_ROLE } = variables;
  if (VAULT_ROLE_ID && VAULT_SECRET_ID)
    return { mount: "approle", body: { role_id: VAULT_ROLE_ID, secret_id: VAULT_SECRET_ID } };
  if (VAULT_JWT_ROLE) {
    const jwt = await jwtOf(variables);
    return jwt
      ? { mount: "jwt", body: { role: VAULT_JWT_ROLE, jwt } }
      : {
          kind: "denied",
          why: "VAULT_JWT_ROLE is set, and neither VAULT_JWT nor VAULT_JWT_FILE gives a token",
        };
  }
  if (!VAULT_KUBERNETES_ROLE) return undefined;
  const jwt = await contentOf(variables.VAULT_KUBERNETES_TOKEN_FILE || KUBERNETES_TOKEN);
  return jwt
    ? { mount: "kubernetes", body: { role: VAULT_KUBERNETES_ROLE, jwt } }
    : { kind: "denied", why: "VAULT_KUBERNETES_ROLE is set, and there is no token of a service account" };
}

function tokenOf({ body }: VaultAnswer): Token | undefined {
  const { auth } = body;
  if (!isObject(auth) || typeof auth.client_token !== "string") return undefined;
  const seconds = typeof auth.lease_duration === "number" ? auth.lease_duration : 0;
  // Vault says 0 for a token without an end.
  const endsAtMs = seconds > 0 ? performance.now() + seconds * 1000 : Number.POSITIVE_INFINITY;
  return { text: auth.client_token, endsAtMs };
}

export function openSession(send: Ask, { variables, home }: VaultOptions): Session {
  let signedIn: Token | undefined;
  let signingIn: Promise<Token | SecretRefusal> | undefined;

  const login = async ({ mount, body }: Login, signal: AbortSignal): Promise<Token | SecretRefusal> => {
    const at = variables.VAULT_AUTH_MOUNT || mount;
    if (!MOUNT.test(at)) return { kind: "denied", why: "VAULT_AUTH_MOUNT is no path of an auth method" };
    for (const secret of [body.jwt, body.secret_id]) if (secret) rememberSecret(secret);
    const answer = await send({ method: "POST", path: `auth/${at}/login`, body }, signal);
    if (isRefusal(answer)) return answer;
    const refusal = refusalOf(answer, `log in at auth/${at}`);
    if (refusal) return refusal.kind === "unreachable" ? refusal : { ...refusal, kind: "denied" };
    return tokenOf(answer) ?? unreachable("a login without a token");
  };

  const find = async (signal: AbortSignal): Promise<Token | SecretRefusal> => {
    const given = (text: string): Token => ({ text, endsAtMs: Number.POSITIVE_INFINITY });
    if (variables.VAULT_TOKEN) return given(variables.VAULT_TOKEN);
    const way = await loginOf(variables);
    if (way) return isRefusal(way) ? way : login(way, signal);
    const kept = await contentOf(join(home, ".vault-token"));
    if (kept) return given(kept);
    return { kind: "denied", why: "nobody is signed in to Vault here", fix: "vault login" };
  };

  const signIn = async (signal: AbortSignal): Promise<Token | SecretRefusal> => {
    if (signedIn && signedIn.endsAtMs - MARGIN_MS > performance.now()) return signedIn;
    signingIn ??= find(signal).finally(() => {
      signingIn = undefined;
    });
    const token = await signingIn;
    if (isRefusal(token)) return token;
    rememberSecret(token.text);
    signedIn = token;
    return token;
  };

  const askByToken: Session["askByToken"] = async (request, signal) => {
    const token = await signIn(signal);
    if (isRefusal(token)) return { answer: token, endsAtMs: Number.POSITIVE_INFINITY };
    return { answer: await send({ ...request, token: token.text }, signal), endsAtMs: token.endsAtMs };
  };
  return { askByToken, ask: async (request, signal) => (await askByToken(request, signal)).answer };
}
