/**
 * The published shapes of credentials: whose a text is, and whether it is for tests. Data and functions over it; what
 * follows from a shape is its readers' (`value-format.ts`, the checks of a configuration, the inspection).
 */

/** One shape that tells by itself what a text is. */
export interface CredentialShape {
  /** Stable: baselines of leak scans name it. */
  readonly rule: string;
  /** What people call it. */
  readonly what: string;
  /** The part that names the provider and nothing else. */
  readonly prefix: string;
  /** Finds it anywhere in a text. */
  readonly pattern: RegExp;
  /** Whose it is, as names of settings say it; undefined for open standards. */
  readonly vendor?: Vendor;
  /** Whether it moves real money and data; undefined where the shape does not say. */
  readonly mode?: "live" | "test";
  /** It is known by its beginning, which also stands where code makes or reads one: no proof in a longer text. */
  readonly opening?: true;
}

/** The word for each vendor in the names of settings. */
const VENDORS = [
  "AIRTABLE",
  "ANTHROPIC",
  "AWS",
  "GITHUB",
  "GITLAB",
  "GOOGLE",
  "NPM",
  "OPENAI",
  "SENDGRID",
  "SLACK",
  "STRIPE",
] as const;

type Vendor = (typeof VENDORS)[number];

/** The first one that fits counts. Sources stand with the formats in `value-format.ts`. */
export const CREDENTIAL_SHAPES: readonly CredentialShape[] = [
  {
    rule: "aws-access-key",
    what: "AWS access key",
    prefix: "AKIA",
    pattern: /\bAKIA[0-9A-Z]{16}\b/,
    vendor: "AWS",
  },
  {
    rule: "aws-temporary-key",
    what: "AWS temporary access key",
    prefix: "ASIA",
    pattern: /\bASIA[0-9A-Z]{16}\b/,
    vendor: "AWS",
  },
  {
    rule: "github-token",
    what: "GitHub token",
    prefix: "github_pat_",
    pattern: /\bgithub_pat_[A-Za-z0-9_]{22,}/,
    vendor: "GITHUB",
  },
  {
    rule: "github-token",
    what: "GitHub token",
    prefix: "gh",
    pattern: /\bgh[pousr]_[A-Za-z0-9]{30,}/,
    vendor: "GITHUB",
  },
  {
    rule: "gitlab-token",
    what: "GitLab token",
    prefix: "glpat-",
    pattern: /\bglpat-[A-Za-z0-9_-]{20,}/,
    vendor: "GITLAB",
  },
  {
    rule: "slack-token",
    what: "Slack token",
    prefix: "xox",
    pattern: /\bxox[abposre]-[A-Za-z0-9-]{10,}/,
    vendor: "SLACK",
  },
  {
    rule: "slack-app-token",
    what: "Slack app token",
    prefix: "xapp-",
    pattern: /\bxapp-\d-[A-Za-z0-9-]{20,}/,
    vendor: "SLACK",
  },
  {
    rule: "slack-webhook",
    what: "Slack webhook",
    prefix: "https://hooks.slack.com/",
    pattern: /hooks\.slack\.com\/services\/\w+\/\w+\/\w+/,
    vendor: "SLACK",
  },
  {
    rule: "stripe-live-key",
    what: "Stripe live key",
    prefix: "sk_live_",
    pattern: /\bsk_live_[A-Za-z0-9]{16,}/,
    vendor: "STRIPE",
    mode: "live",
  },
  {
    rule: "stripe-live-key",
    what: "Stripe live key",
    prefix: "rk_live_",
    pattern: /\brk_live_[A-Za-z0-9]{16,}/,
    vendor: "STRIPE",
    mode: "live",
  },
  {
    rule: "stripe-test-key",
    what: "Stripe test key",
    prefix: "sk_test_",
    pattern: /\b[sr]k_test_[A-Za-z0-9]{16,}/,
    vendor: "STRIPE",
    mode: "test",
  },
  {
    rule: "stripe-webhook-secret",
    what: "Stripe webhook secret",
    prefix: "whsec_",
    pattern: /\bwhsec_[A-Za-z0-9+/=]{24,}/,
  },
  {
    rule: "google-api-key",
    what: "Google API key",
    prefix: "AIza",
    pattern: /\bAIza[0-9A-Za-z_-]{35}/,
    vendor: "GOOGLE",
  },
  {
    rule: "sendgrid-key",
    what: "SendGrid key",
    prefix: "SG.",
    pattern: /\bSG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}/,
    vendor: "SENDGRID",
  },
  { rule: "npm-token", what: "npm token", prefix: "npm_", pattern: /\bnpm_[A-Za-z0-9]{36}/, vendor: "NPM" },
  {
    rule: "anthropic-key",
    what: "Anthropic key",
    prefix: "sk-ant-",
    pattern: /\bsk-ant-[A-Za-z0-9_-]{20,}/,
    vendor: "ANTHROPIC",
  },
  { rule: "openai-key", what: "OpenAI key", prefix: "sk-", pattern: /\bsk-(?:proj-)?[A-Za-z0-9_-]{32,}/ },
  {
    rule: "airtable-token",
    what: "Airtable token",
    prefix: "pat",
    pattern: /\bpat[A-Za-z0-9]{14}\.[a-f0-9]{64}\b/,
    vendor: "AIRTABLE",
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
    // Not `\b`: between a `-` and the next `eyJ` it matches again, and each match would read on to the text's end.
    pattern: /(?<![A-Za-z0-9_-])eyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*/,
  },
  {
    rule: "private-key",
    what: "private key",
    prefix: "-----BEGIN",
    pattern: /-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY/,
    opening: true,
  },
];

/** Publishable, so no secret, but of one mode as well. */
const PUBLISHABLE = /^pk_(live|test)_[A-Za-z0-9]{16,}$/;

/** The shape of a credential that stands in a text, if one does. */
export function credentialShapeIn(text: string): CredentialShape | undefined {
  return CREDENTIAL_SHAPES.find(({ pattern }) => pattern.test(text));
}

/** The shape that a whole text begins with: nothing stands before the credential. */
function wholeShape(text: string): CredentialShape | undefined {
  const shape = credentialShapeIn(text);
  return shape && text.startsWith(shape.prefix) && !/\s/.test(text) ? shape : undefined;
}

/** Whether a credential is for real accounts or for tests; undefined where its shape does not say. */
export function credentialMode(text: string): "live" | "test" | undefined {
  const publishable = PUBLISHABLE.exec(text)?.[1];
  if (publishable === "live" || publishable === "test") return publishable;
  return wholeShape(text)?.mode;
}

/**
 * What a value is that surely belongs to another vendor than the setting's name says; undefined where there is any
 * doubt. Amazon and Google are places to run in as well: a name with theirs says nothing about a key in it.
 */
export function foreignCredential(name: string, text: string): string | undefined {
  const named = VENDORS.filter((vendor) => new RegExp(`(?:^|_)${vendor}(?:_|$)`, "i").test(name));
  if (named.length !== 1 || named[0] === "AWS" || named[0] === "GOOGLE") return undefined;
  const shape = wholeShape(text);
  return shape?.vendor && shape.vendor !== named[0] ? shape.what : undefined;
}
