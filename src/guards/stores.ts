/** Buckets, queues, bases and webhooks that a setting names, by URL, by ARN, or by a name that says what the value is. */
import { addressIn, allLocal, normalHost } from "./address.ts";
import type { Found, Reader } from "./claim.ts";

const BUCKET_NAME = /(?:^|_)BUCKET(?:_NAME|_URL|_URI)?$/;
const PLAIN_BUCKET = /^[a-z0-9][a-z0-9._-]{1,220}[a-z0-9]$/i;

/** `s3` where the host is Amazon's, else the host: other providers speak the same protocol. */
function bucket(provider: string, name: string, folder: string, isLocal = false): Found[] {
  if (name === "") return [];
  const plain = folder.replace(/^\/+|\/+$/g, "");
  const key = `${provider}://${name.toLowerCase()}${plain === "" ? "" : `/${plain}`}`;
  return [{ kind: "bucket", key, shown: key.replace(/^any:\/\//, ""), isLocal }];
}

/** The path after the scheme, as it is written: names of buckets keep their letters. */
function splitPath(path: string): readonly [first: string, rest: string] {
  const [first = "", ...rest] = path.split("/");
  return [first, rest.join("/")];
}

const AMAZON = /^(?:(.+)\.)?s3(?:[.-](?:dualstack\.)?[a-z0-9-]+)?\.amazonaws\.com(?:\.cn)?$/;
const GOOGLE = /^(?:(.+)\.)?storage\.googleapis\.com$/;
const AZURE = /^(.+)\.blob\.core\.windows\.net$/;

/** The bucket of a URL, also in the virtual-host and the path style of HTTPS; undefined for other texts. */
export function bucketIn(text: string): readonly Found[] | undefined {
  const arn = /^arn:aws[\w-]*:s3:::([^/]+)\/?(.*)$/.exec(text);
  if (arn) return bucket("s3", arn[1]!, arn[2]!);
  const address = addressIn(text);
  if (!address) return undefined;
  const { scheme, path } = address;
  const host = address.hosts[0]?.replace(/:\d*$/, "") ?? "";
  if (/^s3[an]?$/.test(scheme)) return bucket("s3", host, path);
  if (scheme === "gs") return bucket("gs", host, path);
  if (scheme !== "http") return undefined;
  for (const [provider, pattern] of [
    ["s3", AMAZON],
    ["gs", GOOGLE],
  ] as const) {
    const match = pattern.exec(host);
    if (!match) continue;
    if (match[1]) return bucket(provider, match[1], path);
    const [name, folder] = splitPath(path);
    return bucket(provider, name, folder);
  }
  const azure = AZURE.exec(host);
  return azure ? bucket("azure", `${azure[1]}/${splitPath(path)[0]}`, splitPath(path)[1]) : undefined;
}

/** A bucket of another provider, which only the setting's name tells: in the path, else in the host. */
function hostedBucket(text: string): Found[] {
  const address = addressIn(text);
  const host = address?.hosts[0]?.replace(/:(?:80|443)$/, "");
  if (address?.scheme !== "http" || host === undefined) return [];
  const [name, folder] = splitPath(address.path);
  const isLocal = allLocal(address.hosts);
  if (name !== "") return bucket(host, name, folder, isLocal);
  const [first = "", ...rest] = host.split(".");
  return bucket(rest.join("."), first, "", isLocal);
}

export const buckets: Reader = ({ name, text }) => {
  const found = bucketIn(text) ?? (BUCKET_NAME.test(name) ? hostedBucket(text) : []);
  if (found.length > 0) return found;
  return BUCKET_NAME.test(name) && PLAIN_BUCKET.test(text) ? bucket("any", text, "") : [];
};

const QUEUE_NAME = /(?:^|_)(?:QUEUE|TOPIC|STREAM|SUBSCRIPTION|EXCHANGE)(?:_(?:NAME|URL|URI|ARN|ID))?$/;

/** Where the name of a queue is one's own again: another broker has other queues. */
export const ANY_BROKER = "*";

/** A queue of Amazon's by URL or ARN, or a virtual host of a broker; undefined for other texts. */
export function queueIn(text: string): readonly Found[] | undefined {
  const arn = /^arn:aws[\w-]*:(sqs|sns|kinesis):([\w-]+):(\d{12}):(?:stream\/)?(.+)$/.exec(text);
  const url =
    /^https:\/\/(?:sqs\.([\w-]+)|([\w-]+)\.queue)\.amazonaws\.com(?:\.cn)?\/(\d{12})\/([^/?#]+)\/?$/.exec(
      text,
    );
  const parts = arn ? arn.slice(1) : url ? ["sqs", url[1] ?? url[2]!, url[3]!, url[4]!] : undefined;
  if (parts) {
    const key = parts.join(":");
    return [{ kind: "queue", key, shown: key }];
  }
  const address = addressIn(text);
  if (address && ["amqp", "kafka", "nats"].includes(address.scheme) && address.hosts.length > 0) {
    const { scheme, hosts, user } = address;
    // A virtual host of its own is what keeps the queues of two environments apart on one broker.
    const key = `${scheme}://${hosts.join(",")}/${address.path === "" ? "/" : address.path}`;
    const isLocal = allLocal(hosts);
    const server = `${scheme}://${hosts.join(",")}`;
    const account: Found = {
      kind: "account",
      key: `${server} ${user}`,
      shown: `the user of ${server}`,
      isPart: true,
      isLocal,
    };
    return [{ kind: "queue", key, shown: key, isLocal }, ...(user === "" ? [] : [account])];
  }
  const google = /^projects\/[\w-]+\/(?:topics|subscriptions)\/[\w.~+%-]+$/.exec(text);
  return google ? [{ kind: "queue", key: text, shown: text }] : undefined;
}

const BROKER =
  /(?:^|_)(?:BROKER|AMQP|RABBITMQ|KAFKA|NATS|PULSAR|REDIS|QUEUE)(?:_\w+)?_(?:URLS?|URI|HOSTS?|ENDPOINTS?|ADDRESS(?:ES)?|NODES|SERVERS?|BROKERS?)$|^(?:BROKER|AMQP|CLOUDAMQP|RABBITMQ|KAFKA|NATS|REDIS)_URL$|(?:^|_)(?:BROKERS?|BOOTSTRAP_SERVERS)$/;

/** True for a setting that says where queues are kept. */
export function isBroker(name: string): boolean {
  return BROKER.test(name);
}

const BROKER_HOST = /^(?:[\w+.-]+:\/\/)?(?:.*@)?(\[[\da-f:.]+\]|[\w.-]+)(?::\d+)?(?:[/?].*)?$/i;

/** The hosts of an address, or of a list with commas, also as JSON; undefined where one of them is not understood. */
export function brokerHosts(text: string): readonly string[] | undefined {
  const list = text.trim().replace(/^\[(?=\s*")|(?<="\s*)\]$|"/g, "");
  const hosts = list.split(",").map((one) => BROKER_HOST.exec(one.trim())?.[1]);
  return hosts.every((host) => host !== undefined) ? hosts.map(normalHost) : undefined;
}

export const queues: Reader = ({ name, text }) => {
  const found = queueIn(text);
  if (found) return found;
  if (!QUEUE_NAME.test(name) || isBroker(name) || !/^[\w.:-]{2,}$/.test(text) || /^\d+$/.test(text))
    return [];
  return [{ kind: "queue", key: `${ANY_BROKER} ${text}`, shown: text }];
};

/** Airtable's ids of bases, also inside its URLs; other services' where the name says so. */
export const bases: Reader = ({ name, text }) => {
  const airtable = /(?:^|\/)(app[A-Za-z0-9]{14})(?:$|[/?#])/.exec(text);
  if (airtable) return [{ kind: "base", key: airtable[1]!, shown: airtable[1]! }];
  const isId = /(?:^|_)(?:BASE|NOTION_DATABASE|SPREADSHEET|SHEET)_ID$/.test(name) && /^[\w-]{6,}$/.test(text);
  return isId ? [{ kind: "base", key: text, shown: text }] : [];
};

const WEBHOOK_NAME =
  /(?:^|_)(?:WEB)?HOOK(?:_\w+)?_(?:URL|URI|PATH|ENDPOINT|ROUTE)$|^(?:WEB)?HOOK_(?:URL|PATH)$|_WEBHOOK$/;

/** Where a webhook arrives or goes. A URL may be all that somebody needs to post there, so it is never shown. */
export function webhookIn(text: string): readonly Found[] {
  const address = addressIn(text);
  if (address?.scheme === "http" && address.hosts.length > 0) {
    const key = `${address.hosts.join(",")}/${address.path.replace(/\/$/, "")}?${address.query}`;
    return [{ kind: "webhook", key, isLocal: allLocal(address.hosts) }];
  }
  const path = /^\/[^\s?#]+/.exec(text)?.[0].replace(/\/$/, "");
  return path === undefined ? [] : [{ kind: "webhook", key: path, shown: path }];
}

export const webhooks: Reader = ({ name, text }) => (WEBHOOK_NAME.test(name) ? webhookIn(text) : []);
