/** What several environments use together although each should have its own: databases, credentials, buckets, webhooks. */

import { sha256 } from "../base/digest.ts";
import { isPlaceholder, isWellKnown, passwordIn } from "../model/credential-text.ts";
import type { EnvironmentClass, KeyPlace, SharedKind, Sharing } from "../model/inspection.ts";
import { credentialShapeIn } from "../model/provider-format.ts";
import { placeOfItem } from "./comparison.ts";
import { endpointOf, endpointOfHost } from "./endpoint.ts";
import type { Item } from "./item.ts";
import { itemsIn, type Landscape } from "./landscape.ts";
import { isReference, secretKind } from "./secret-shape.ts";

interface Identity {
  readonly kind: SharedKind;
  /** Equal for the same thing. Lives in memory only: a digest of a short secret could be guessed back. */
  readonly key: string;
  readonly what: string;
}

const SHORTEST_PASSWORD = 8;
const BUCKET = /(?:^|_)(?:BUCKET(?:_NAME)?|BASE_ID|QUEUE_(?:URL|NAME)|TOPIC_(?:ARN|NAME)|CONTAINER_NAME)$/i;
const WEBHOOK = /WEBHOOK\w*_(?:URL|PATH|PORT|ENDPOINT)$|^WEBHOOK_(?:URL|PATH|PORT)$/i;

/** The same text in every environment is no secret of one: placeholders, references, passwords from tutorials. */
function isNobodys(text: string): boolean {
  return text === "" || isPlaceholder(text) || isReference(text) || isWellKnown(text);
}

function credentialOf({ name, text }: Item): Identity | undefined {
  const password = passwordIn(text);
  const secret = password ?? text;
  const kind = secretKind(name, text);
  if (kind === undefined || isNobodys(secret)) return undefined;
  if (password !== undefined && password.length < SHORTEST_PASSWORD) return undefined;
  const what =
    password === undefined ? (credentialShapeIn(text)?.what ?? "the same secret") : "the same password";
  return { kind: "credential", key: `credential ${sha256(secret).toString("base64")}`, what };
}

function identityOf(item: Item, value: (name: string) => string | undefined): Identity | undefined {
  const { name, text, reference } = item;
  if (reference || isNobodys(text)) return undefined;
  const endpoint = endpointOf(text) ?? endpointOfHost(name, text, value);
  if (endpoint) return { kind: "database", key: `endpoint ${endpoint.identity}`, what: endpoint.shown };
  const credential = credentialOf(item);
  if (credential) return credential;
  const digest = () => sha256(text).toString("base64");
  if (BUCKET.test(name)) return { kind: "bucket", key: `bucket ${digest()}`, what: "the same name" };
  // A path or port is one's own again in another part of the project.
  const place = /^https?:/i.test(text) ? "" : `${item.file.unit} ${item.part} ${name}`;
  return WEBHOOK.test(name)
    ? { kind: "webhook", key: `webhook ${place} ${digest()}`, what: "the same address" }
    : undefined;
}

interface Use {
  readonly item: Item;
  readonly environment: string;
  readonly class: EnvironmentClass;
}

/** Environments in which the same people work with the same made-up data: sharing among these is nobody's harm. */
const SOFT = new Set<EnvironmentClass>(["local", "development", "testing"]);

function matters(uses: readonly Use[]): boolean {
  const environments = new Map(uses.map((use) => [use.environment, use.class]));
  const classes = [...environments.values()];
  return (
    environments.size > 1 &&
    !classes.every((one) => SOFT.has(one)) &&
    !classes.every((one) => one === "production")
  );
}

function sharingOf({ kind, what }: Identity, uses: readonly Use[]): Sharing {
  const files = new Set(uses.map(({ item }) => `${item.place.file}:${item.place.line}`));
  const inherited = files.size === 1 && uses[0]!.item.environment === undefined;
  const seen = new Map<string, KeyPlace>();
  for (const { item, environment } of uses) {
    const place = placeOfItem(item, environment);
    seen.set(`${environment} ${place.key} ${inherited ? "" : place.where}`, place);
  }
  const production = uses.some((use) => use.class === "production");
  return { kind, what, production, inherited, places: [...seen.values()] };
}

const ORDER: readonly SharedKind[] = ["database", "credential", "bucket", "webhook"];

/** Shared with production first, databases before credentials. */
export function findSharing(landscape: Landscape): Sharing[] {
  const found = new Map<string, { identity: Identity; uses: Use[] }>();
  for (const { name: environment, class: near } of landscape.environments) {
    const items = itemsIn(landscape, environment);
    const values = new Map(items.map((item) => [`${item.file.unit} ${item.part} ${item.name}`, item.text]));
    for (const item of items) {
      const identity = identityOf(item, (name) => values.get(`${item.file.unit} ${item.part} ${name}`));
      if (!identity) continue;
      const known = found.get(identity.key) ?? { identity, uses: [] };
      known.uses.push({ item, environment, class: near });
      found.set(identity.key, known);
    }
  }
  return [...found.values()]
    .filter(({ uses }) => matters(uses))
    .map(({ identity, uses }) => sharingOf(identity, uses))
    .sort(
      (a, b) => Number(b.production) - Number(a.production) || ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind),
    );
}
