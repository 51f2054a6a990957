/**
 * The formats that a setting's declaration can demand of its value (`format: stripe-secret-key`), each as its vendor
 * or standard describes it. A value is checked as it stands here: whether a credential still works only its vendor knows.
 */

export interface ValueFormat {
  /** Continues "is no …". */
  readonly noun: string;
  /** The vendor's own description. */
  readonly source: string;
  /** Continues "the value …" with what does not fit; undefined where all does. Never says the value. */
  readonly mistake: (text: string) => string | undefined;
}

function shaped(noun: string, pattern: RegExp, rule: string, source: string): ValueFormat {
  return { noun, source, mistake: (text) => (pattern.test(text) ? undefined : `is not ${rule}`) };
}

const BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/** CRC-32 as in ISO 3309, bit by bit: the texts are short. */
function crc32(text: string): number {
  let crc = 0xffffffff;
  for (const byte of Buffer.from(text)) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}

/** The last six characters of a classic GitHub token are the CRC-32 of the thirty before, in base 62. */
function gitHubMistake(text: string): string | undefined {
  if (/^github_pat_[A-Za-z0-9]{22}_[A-Za-z0-9]{59}$/.test(text)) return undefined;
  const [, random, checksum] = /^gh[pousr]_([A-Za-z0-9]{30})([A-Za-z0-9]{6})$/.exec(text) ?? [];
  if (random === undefined || checksum === undefined) return "is not ghp_ and 36 letters or digits";
  const said = [...checksum].reduce((sum, digit) => sum * BASE62.length + BASE62.indexOf(digit), 0);
  return said === crc32(random) ? undefined : "has a wrong checksum: a character is mistyped or missing";
}

function objectIn(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as Readonly<Record<string, unknown>>)
      : undefined;
  } catch {
    return undefined;
  }
}

/** RFC 7519 in the compact form of RFC 7515. Signatures are not verified: their keys are elsewhere. */
function jwtMistake(text: string): string | undefined {
  const parts = text.split(".");
  if (parts.length !== 3 || !parts.every((part) => /^[A-Za-z0-9_-]*$/.test(part)))
    return "is not three parts in base64url with dots between them";
  const [header, claims] = parts.map((part) => objectIn(Buffer.from(part, "base64url").toString()));
  if (!header || !claims) return "has a header or claims that are no JSON object";
  if (typeof header.alg !== "string" || /^none$/i.test(header.alg)) return "is not signed (alg is none)";
  return parts[2] === "" ? "is not signed (its third part is empty)" : undefined;
}

/** RFC 7468; the older frames of OpenSSL as well. */
function pemMistake(text: string, label: RegExp): string | undefined {
  const found = /-----BEGIN ([A-Z0-9 ]+)-----([^-]*)-----END ([A-Z0-9 ]+)-----/.exec(text);
  if (!found) return "has no complete frame (-----BEGIN … to -----END …)";
  const [, begin = "", body = "", end] = found;
  if (begin !== end) return "begins as one thing and ends as another";
  if (!label.test(begin)) return "is PEM of something else";
  const base64 = body.replace(/^(?:[A-Za-z-]+:.*\n)+/m, "").replace(/\s/g, "");
  const isWhole = /^[A-Za-z0-9+/]+={0,2}$/.test(base64) && base64.length % 4 === 0;
  return isWhole ? undefined : "has a body that is no complete base64";
}

function serviceAccountMistake(text: string): string | undefined {
  const account = objectIn(text);
  if (!account) return "is no JSON object";
  if (account.type !== "service_account") return "has no type service_account";
  const missing = ["project_id", "private_key", "client_email"].find(
    (key) => typeof account[key] !== "string",
  );
  if (missing) return `has no ${missing}`;
  return (
    pemMistake(String(account.private_key), /PRIVATE KEY$/) && "has a private_key that is no complete PEM"
  );
}

function connection(noun: string, schemes: readonly string[], source: string): ValueFormat {
  const mistake = (text: string): string | undefined => {
    const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(text)?.[1]?.toLowerCase();
    if (scheme === undefined || !schemes.includes(scheme))
      return `does not begin with ${schemes.join(":// or ")}://`;
    const authority = /^[^:]+:\/\/([^/?#]*)/.exec(text)?.[1] ?? "";
    const user = authority.slice(0, Math.max(0, authority.lastIndexOf("@")));
    const hosts = authority.slice(authority.lastIndexOf("@") + 1);
    // Several hosts are allowed by most of them.
    if (!hosts.split(",").every((host) => /^(\[[0-9a-f:.]+\]|[^\s:@[\]]+)(:\d{1,5})?$/i.test(host)))
      return "names no host";
    if (hosts.split(",").some((host) => Number(/:(\d+)$/.exec(host)?.[1] ?? 1) > 65_535))
      return "has no valid port";
    return user.endsWith(":") ? "has an empty password" : undefined;
  };
  return { noun, source, mistake };
}

const AIRTABLE = "https://support.airtable.com/docs/finding-airtable-ids";
const SLACK = "https://api.slack.com/concepts/token-types";
const STRIPE = "https://docs.stripe.com/keys";
const AWS = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html";
const PEM = "https://www.rfc-editor.org/rfc/rfc7468";

/** By the name that a declaration says. */
export const VALUE_FORMATS = {
  "age-identity": shaped(
    "age identity",
    /^AGE-SECRET-KEY-1[02-9AC-HJ-NP-Z]{58}$/,
    "AGE-SECRET-KEY-1 and 58 letters or digits",
    "https://age-encryption.org/v1",
  ),
  "airtable-base-id": shaped(
    "Airtable base",
    /^app[A-Za-z0-9]{14}$/,
    "app and 14 letters or digits",
    AIRTABLE,
  ),
  "airtable-table-id": shaped(
    "Airtable table",
    /^tbl[A-Za-z0-9]{14}$/,
    "tbl and 14 letters or digits",
    AIRTABLE,
  ),
  "airtable-token": shaped(
    "Airtable token",
    /^pat[A-Za-z0-9]{14}\.[a-f0-9]{64}$/,
    "pat, 14 letters or digits, a dot and 64 hexadecimal digits",
    "https://airtable.com/developers/web/guides/personal-access-tokens",
  ),
  "amqp-url": connection("AMQP address", ["amqp", "amqps"], "https://www.rabbitmq.com/docs/uri-spec"),
  "anthropic-key": shaped(
    "Anthropic key",
    /^sk-ant-[A-Za-z0-9_-]{20,}$/,
    "sk-ant- and a key",
    "https://platform.claude.com/docs/en/api/overview",
  ),
  "aws-access-key-id": shaped("AWS access key ID", /^A[KS]IA[A-Z0-9]{16}$/, "AKIA or ASIA and 16 more", AWS),
  "aws-secret-access-key": shaped(
    "AWS secret access key",
    /^[A-Za-z0-9+/]{40}$/,
    "40 characters of base64",
    "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_access-keys.html",
  ),
  certificate: {
    noun: "certificate",
    source: PEM,
    mistake: (text) => pemMistake(text, /^(X509 |TRUSTED )?CERTIFICATE$/),
  },
  "github-token": {
    noun: "GitHub token",
    source:
      "https://github.blog/engineering/platform-security/behind-githubs-new-authentication-token-formats/",
    mistake: gitHubMistake,
  },
  "gitlab-token": shaped(
    "GitLab token",
    /^gl[a-z]+-[A-Za-z0-9_.-]{20,}$/,
    "glpat- (or another prefix of GitLab's) and a token",
    "https://docs.gitlab.com/security/tokens/",
  ),
  "google-api-key": shaped(
    "Google API key",
    /^AIza[A-Za-z0-9_-]{35}$/,
    "AIza and 35 more",
    "https://cloud.google.com/docs/authentication/api-keys",
  ),
  "google-client-id": shaped(
    "Google OAuth client ID",
    /^\d+-[a-z0-9]+\.apps\.googleusercontent\.com$/,
    "a number, a word and .apps.googleusercontent.com",
    "https://developers.google.com/identity/protocols/oauth2",
  ),
  "google-service-account": {
    noun: "Google service account",
    source: "https://cloud.google.com/iam/docs/keys-create-delete",
    mistake: serviceAccountMistake,
  },
  jwt: { noun: "JSON Web Token", source: "https://www.rfc-editor.org/rfc/rfc7519", mistake: jwtMistake },
  "mongodb-url": connection(
    "MongoDB address",
    ["mongodb", "mongodb+srv"],
    "https://www.mongodb.com/docs/manual/reference/connection-string/",
  ),
  "mysql-url": connection(
    "MySQL address",
    ["mysql", "mysqlx", "mariadb"],
    "https://dev.mysql.com/doc/refman/8.4/en/connecting-using-uri-or-key-value-pairs.html",
  ),
  "npm-token": shaped(
    "npm token",
    /^npm_[A-Za-z0-9]{36}$/,
    "npm_ and 36 letters or digits",
    "https://github.blog/changelog/2021-09-23-npm-has-a-new-access-token-format/",
  ),
  "openai-key": shaped(
    "OpenAI key",
    /^sk-(?!ant-)[A-Za-z0-9_-]{32,}$/,
    "sk- and a key",
    "https://platform.openai.com/docs/api-reference/authentication",
  ),
  "postgres-url": connection(
    "PostgreSQL address",
    ["postgres", "postgresql"],
    "https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING-URIS",
  ),
  "private-key": { noun: "private key", source: PEM, mistake: (text) => pemMistake(text, /PRIVATE KEY$/) },
  "redis-url": connection(
    "Redis address",
    ["redis", "rediss"],
    "https://www.iana.org/assignments/uri-schemes/prov/redis",
  ),
  "sendgrid-key": shaped(
    "SendGrid key",
    /^SG\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}$/,
    "SG. and two parts of 22 and 43 characters with a dot between",
    "https://www.twilio.com/docs/sendgrid/ui/account-and-settings/api-keys",
  ),
  "slack-app-token": shaped("Slack app token", /^xapp-\d-[A-Za-z0-9-]{20,}$/, "xapp- and a token", SLACK),
  "slack-bot-token": shaped("Slack bot token", /^xoxb-[A-Za-z0-9-]{10,}$/, "xoxb- and a token", SLACK),
  "slack-user-token": shaped("Slack user token", /^xoxp-[A-Za-z0-9-]{10,}$/, "xoxp- and a token", SLACK),
  "slack-webhook": shaped(
    "Slack webhook",
    /^https:\/\/hooks\.slack(?:-gov)?\.com\/(?:services|workflows|triggers)\/[\w/]+$/,
    "an address below https://hooks.slack.com/services/",
    "https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks",
  ),
  "stripe-publishable-key": shaped(
    "publishable Stripe key",
    /^pk_(?:live|test)_[A-Za-z0-9]{16,}$/,
    "pk_live_ or pk_test_ and a key",
    STRIPE,
  ),
  "stripe-secret-key": shaped(
    "secret Stripe key",
    /^[sr]k_(?:live|test)_[A-Za-z0-9]{16,}$/,
    "sk_live_ or sk_test_ (restricted: rk_) and a key",
    STRIPE,
  ),
  "stripe-webhook-secret": shaped(
    "Stripe webhook secret",
    /^whsec_[A-Za-z0-9+/=]{24,}$/,
    "whsec_ and a secret",
    "https://docs.stripe.com/webhooks",
  ),
  "twilio-account-sid": shaped(
    "Twilio account SID",
    /^AC[0-9a-f]{32}$/,
    "AC and 32 hexadecimal digits",
    "https://www.twilio.com/docs/glossary/what-is-a-sid",
  ),
  "twilio-api-key": shaped(
    "Twilio API key SID",
    /^SK[0-9a-f]{32}$/,
    "SK and 32 hexadecimal digits",
    "https://www.twilio.com/docs/glossary/what-is-a-sid",
  ),
} as const satisfies Record<string, ValueFormat>;

export type FormatName = keyof typeof VALUE_FORMATS;

export const FORMAT_NAMES = Object.keys(VALUE_FORMATS) as [FormatName, ...FormatName[]];

/** What of a value does not fit a format: continues "the value …". Undefined where it fits. */
export function formatMistake(format: FormatName, text: string): string | undefined {
  return VALUE_FORMATS[format].mistake(text);
}
