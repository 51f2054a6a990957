/**
 * The harmless question that a vendor answers about a credential, by the format that a setting is declared with, and
 * what the answer means. Only an answer that the vendor's own documents describe counts; all else is unknown.
 */
import type { FormatName } from "./value-format.ts";

/** One request that changes nothing. The credential stands in a header, never in the address. */
export interface HttpProbe {
  readonly kind: "http";
  readonly method: "GET" | "POST";
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** A connection that is opened and closed again; nothing is sent. */
export interface TcpProbe {
  readonly kind: "tcp";
  readonly host: string;
  readonly port: number;
}

export type ProbeRequest = HttpProbe | TcpProbe;

export type ProbeAnswer =
  | { readonly kind: "connected" }
  /** `body`: the answer's JSON, where it is some and short; it is judged, and shown nowhere. */
  | { readonly kind: "answered"; readonly status: number; readonly body: unknown }
  /** No answer in time, or none at all. Nothing of what was sent or received is in the words. */
  | { readonly kind: "silent"; readonly why: string };

/** `ok`: the vendor took the credential, or something answers at the address. Unknown is never taken for good. */
export type ProbeVerdict =
  | { readonly kind: "ok" }
  | { readonly kind: "refused"; readonly why: string }
  | { readonly kind: "unknown"; readonly why: string };

/** What one vendor is asked. */
interface VendorProbe {
  /** The vendor's own description of the request. */
  readonly source: string;
  readonly method: "GET" | "POST";
  /** The address without its path: what `probe:` in a declaration replaces. */
  readonly base: string;
  readonly path: string;
  /** `{value}` stands for the credential. */
  readonly headers: Readonly<Record<string, string>>;
  readonly good: readonly number[];
  /** Statuses that say that this credential is none, or no longer one. */
  readonly refused: readonly number[];
  /** Of a vendor that answers 200 to everything: `ok` tells, and these errors refuse. */
  readonly errors?: readonly string[];
}

const BEARER = { authorization: "Bearer {value}" };
const PLAIN = { method: "GET", headers: BEARER, good: [200], refused: [401] } as const;

const SLACK: VendorProbe = {
  ...PLAIN,
  source: "https://docs.slack.dev/reference/methods/auth.test",
  method: "POST",
  base: "https://slack.com",
  path: "/api/auth.test",
  errors: ["invalid_auth", "not_authed", "account_inactive", "token_expired", "token_revoked"],
};

/** By format. A token of a service that people run themselves is not in it: it would be sent to somebody else. */
export const VENDOR_PROBES: Partial<Readonly<Record<FormatName, VendorProbe>>> = {
  "airtable-token": {
    ...PLAIN,
    source: "https://airtable.com/developers/web/api/get-user-id-scopes",
    base: "https://api.airtable.com",
    path: "/v0/meta/whoami",
  },
  "anthropic-key": {
    ...PLAIN,
    source: "https://platform.claude.com/docs/en/api/models/list",
    base: "https://api.anthropic.com",
    path: "/v1/models",
    headers: { "x-api-key": "{value}", "anthropic-version": "2023-06-01" },
  },
  "github-token": {
    ...PLAIN,
    source: "https://docs.github.com/en/rest/users/users#get-the-authenticated-user",
    base: "https://api.github.com",
    path: "/user",
  },
  "openai-key": {
    ...PLAIN,
    source: "https://platform.openai.com/docs/api-reference/models/list",
    base: "https://api.openai.com",
    path: "/v1/models",
  },
  "sendgrid-key": {
    ...PLAIN,
    source:
      "https://www.twilio.com/docs/sendgrid/api-reference/api-key-permissions/retrieve-a-list-of-scopes-for-which-this-user-has-access",
    base: "https://api.sendgrid.com",
    path: "/v3/scopes",
  },
  "slack-bot-token": SLACK,
  "slack-user-token": SLACK,
  "stripe-secret-key": {
    ...PLAIN,
    source: "https://docs.stripe.com/api/balance/balance_retrieve",
    base: "https://api.stripe.com",
    path: "/v1/balance",
  },
};

/** Ports of connection strings that name none, by scheme. */
const PORTS: Readonly<Record<string, number>> = {
  amqp: 5672,
  amqps: 5671,
  mariadb: 3306,
  mongodb: 27017,
  mysql: 3306,
  mysqlx: 33060,
  postgres: 5432,
  postgresql: 5432,
  redis: 6379,
  rediss: 6379,
};

/** Formats whose values are connection strings. */
const CONNECTIONS: readonly FormatName[] = [
  "amqp-url",
  "mongodb-url",
  "mysql-url",
  "postgres-url",
  "redis-url",
];

/** Whether a setting of the format can be probed at an address of the project's own choice. */
export function hasVendorProbe(format: FormatName | undefined): boolean {
  return format !== undefined && VENDOR_PROBES[format] !== undefined;
}

/** Whether an address is this machine's own. */
export function isLoopback({ hostname }: URL): boolean {
  return ["localhost", "127.0.0.1", "[::1]"].includes(hostname);
}

/** Whether a declaration's address is neither this machine's nor the vendor's: it gets to see the credential. */
export function isForeignProbe(format: FormatName, base: string): boolean {
  const url = new URL(base);
  const vendor = VENDOR_PROBES[format];
  return !isLoopback(url) && (vendor === undefined || new URL(vendor.base).origin !== url.origin);
}

/** Whether anything can be asked about a setting of the format. */
export function canProbe(format: FormatName): boolean {
  return hasVendorProbe(format) || CONNECTIONS.includes(format);
}

/** The hosts of a connection string, each with its port; none where they have to be looked up first. */
function hostsOf(text: string): TcpProbe[] {
  const [, scheme = "", authority = ""] = /^([a-z][a-z0-9+.-]*):\/\/([^/?#]*)/i.exec(text) ?? [];
  const port = PORTS[scheme.toLowerCase()];
  if (port === undefined) return [];
  const hosts = authority.slice(authority.lastIndexOf("@") + 1).split(",");
  return hosts.flatMap((one): TcpProbe[] => {
    const [, host, own] = /^(\[[^\]]+\]|[^:]+)(?::(\d+))?$/.exec(one) ?? [];
    if (host === undefined) return [];
    return [{ kind: "tcp", host: host.replace(/^\[|\]$/g, ""), port: Number(own ?? port) }];
  });
}

/**
 * What to ask about a value, in the order in which it is tried; none where nobody can be asked.
 *
 * @param text a value that fits the format
 * @param base instead of the vendor's own address
 */
export function probesOf(format: FormatName, text: string, base?: string): ProbeRequest[] {
  const vendor = VENDOR_PROBES[format];
  if (!vendor) return hostsOf(text);
  const headers = Object.entries(vendor.headers).map(([name, value]): [string, string] => [
    name,
    value.replace("{value}", () => text),
  ]);
  return [
    {
      kind: "http",
      method: vendor.method,
      url: `${(base ?? vendor.base).replace(/\/+$/, "")}${vendor.path}`,
      headers: { accept: "application/json", "user-agent": "ringfence", ...Object.fromEntries(headers) },
    },
  ];
}

function errorIn(body: unknown): { readonly ok: unknown; readonly error: unknown } {
  const { ok, error } = (typeof body === "object" && body !== null ? body : {}) as Record<string, unknown>;
  return { ok, error };
}

/** What an answer says of the credential. The words hold nothing of the answer but its status. */
export function verdictOf(format: FormatName, answer: ProbeAnswer): ProbeVerdict {
  if (answer.kind === "silent") return { kind: "unknown", why: answer.why };
  if (answer.kind === "connected") return { kind: "ok" };
  const { good = [], refused = [], errors } = VENDOR_PROBES[format] ?? {};
  const { status } = answer;
  if (refused.includes(status)) return { kind: "refused", why: `the answer was ${status}` };
  if (!good.includes(status)) return { kind: "unknown", why: `the answer was ${status}` };
  if (!errors) return { kind: "ok" };
  const { ok, error } = errorIn(answer.body);
  if (ok === true) return { kind: "ok" };
  const known = errors.find((one) => one === error);
  return known === undefined
    ? { kind: "unknown", why: "the answer is none that the vendor describes" }
    : { kind: "refused", why: `the answer was ${known}` };
}
