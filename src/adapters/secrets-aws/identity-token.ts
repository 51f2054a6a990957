/** The token by which a pipeline says who it is (OpenID Connect): from a file, or from GitHub Actions. */
import { readFile } from "node:fs/promises";
import { rememberSecret } from "../../base/redact.ts";
import { SignInFailure } from "./faults.ts";

/** Of the process. */
export type Variables = Readonly<Record<string, string | undefined>>;

/** Whom the token is made for; AWS's own action for GitHub uses the same. */
const AUDIENCE = "sts.amazonaws.com";
const TIMEOUT_MS = 15_000;

/** True where this process can say who it is without a kept credential. */
export function hasIdentityToken(variables: Variables): boolean {
  const { AWS_WEB_IDENTITY_TOKEN_FILE, ACTIONS_ID_TOKEN_REQUEST_URL, ACTIONS_ID_TOKEN_REQUEST_TOKEN } =
    variables;
  return Boolean(
    AWS_WEB_IDENTITY_TOKEN_FILE || (ACTIONS_ID_TOKEN_REQUEST_URL && ACTIONS_ID_TOKEN_REQUEST_TOKEN),
  );
}

/**
 * A token of now. The file is read anew each time: whoever keeps it replaces it.
 *
 * @throws SignInFailure where there is none to be had.
 */
export async function identityToken(variables: Variables): Promise<string> {
  const file = variables.AWS_WEB_IDENTITY_TOKEN_FILE;
  const token = file ? await fromFile(file) : await fromGitHub(variables);
  rememberSecret(token);
  return token;
}

async function fromFile(file: string): Promise<string> {
  const text = await readFile(file, "utf8").catch(() => "");
  if (text.trim() !== "") return text.trim();
  throw new SignInFailure({
    kind: "denied",
    why: "the file that AWS_WEB_IDENTITY_TOKEN_FILE names can't be read or is empty",
  });
}

async function fromGitHub(variables: Variables): Promise<string> {
  const url = new URL(variables.ACTIONS_ID_TOKEN_REQUEST_URL ?? "");
  url.searchParams.set("audience", AUDIENCE);
  const answer = await fetch(url, {
    headers: { authorization: `Bearer ${variables.ACTIONS_ID_TOKEN_REQUEST_TOKEN}` },
    redirect: "error",
    signal: AbortSignal.timeout(TIMEOUT_MS),
  })
    .then(async (response) => (response.ok ? ((await response.json()) as unknown) : response.status))
    .catch(() => undefined);
  if (typeof answer === "object" && answer !== null && "value" in answer && typeof answer.value === "string")
    return answer.value;
  throw new SignInFailure(
    typeof answer === "number" && answer < 500
      ? {
          kind: "denied",
          why: `GitHub Actions gave no identity token (${answer})`,
          fix: "permissions: { id-token: write }",
        }
      : { kind: "unreachable", why: "GitHub Actions gave no identity token" },
  );
}
