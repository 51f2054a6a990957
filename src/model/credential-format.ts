/**
 * Formats of credentials that their providers publish: enough to know one without knowing its name. Each has the name
 * of a rule, and the part of it that names the provider and nothing else.
 */

export interface CredentialFormat {
  /** Stable: baselines name it. */
  readonly rule: string;
  readonly what: string;
  /** What everybody may see of it. */
  readonly prefix: string;
  readonly pattern: RegExp;
  /** It is known by its beginning, which also stands where code makes or reads one: no proof in a longer text. */
  readonly opening?: true;
}

export const CREDENTIAL_FORMATS: readonly CredentialFormat[] = [
  { rule: "aws-access-key", what: "AWS access key", prefix: "AKIA", pattern: /\bAKIA[0-9A-Z]{16}\b/ },
  {
    rule: "aws-temporary-key",
    what: "AWS temporary access key",
    prefix: "ASIA",
    pattern: /\bASIA[0-9A-Z]{16}\b/,
  },
  {
    rule: "github-token",
    what: "GitHub token",
    prefix: "github_pat_",
    pattern: /\bgithub_pat_[A-Za-z0-9_]{22,}/,
  },
  { rule: "github-token", what: "GitHub token", prefix: "gh", pattern: /\bgh[pousr]_[A-Za-z0-9]{30,}/ },
  { rule: "gitlab-token", what: "GitLab token", prefix: "glpat-", pattern: /\bglpat-[A-Za-z0-9_-]{20,}/ },
  { rule: "slack-token", what: "Slack token", prefix: "xox", pattern: /\bxox[abposre]-[A-Za-z0-9-]{10,}/ },
  {
    rule: "slack-webhook",
    what: "Slack webhook",
    prefix: "https://hooks.slack.com/",
    pattern: /hooks\.slack\.com\/services\/\w+\/\w+\/\w+/,
  },
  {
    rule: "stripe-live-key",
    what: "Stripe live key",
    prefix: "sk_live_",
    pattern: /\bsk_live_[A-Za-z0-9]{16,}/,
  },
  {
    rule: "stripe-live-key",
    what: "Stripe live key",
    prefix: "rk_live_",
    pattern: /\brk_live_[A-Za-z0-9]{16,}/,
  },
  {
    rule: "stripe-test-key",
    what: "Stripe test key",
    prefix: "sk_test_",
    pattern: /\b[sr]k_test_[A-Za-z0-9]{16,}/,
  },
  { rule: "google-api-key", what: "Google API key", prefix: "AIza", pattern: /\bAIza[0-9A-Za-z_-]{35}/ },
  {
    rule: "sendgrid-key",
    what: "SendGrid key",
    prefix: "SG.",
    pattern: /\bSG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}/,
  },
  { rule: "npm-token", what: "npm token", prefix: "npm_", pattern: /\bnpm_[A-Za-z0-9]{36}/ },
  { rule: "anthropic-key", what: "Anthropic key", prefix: "sk-ant-", pattern: /\bsk-ant-[A-Za-z0-9_-]{20,}/ },
  { rule: "openai-key", what: "OpenAI key", prefix: "sk-", pattern: /\bsk-(?:proj-)?[A-Za-z0-9_-]{32,}/ },
  {
    rule: "airtable-token",
    what: "Airtable token",
    prefix: "pat",
    pattern: /\bpat[A-Za-z0-9]{14}\.[a-f0-9]{64}\b/,
  },
  {
    rule: "age-identity",
    what: "age identity",
    prefix: "AGE-SECRET-KEY-",
    pattern: /\bAGE-SECRET-KEY-1[A-Z0-9]{50,}/,
  },
  {
    rule: "json-web-token",
    what: "JSON Web Token",
    prefix: "eyJ",
    pattern: /\beyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*/,
  },
  {
    rule: "private-key",
    what: "private key",
    prefix: "-----BEGIN",
    pattern: /-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY/,
    opening: true,
  },
];

/** What a known provider's format says a value is; with the prefix that names the provider. */
export function providerOf(value: string): { readonly what: string; readonly prefix: string } | undefined {
  return CREDENTIAL_FORMATS.find(({ pattern }) => pattern.test(value));
}
