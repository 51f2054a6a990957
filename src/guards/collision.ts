/** When two claims of two environments are the same thing, or overlap. Symmetric. */
import { globMatches } from "../base/glob.ts";
import { cronSlots, slotsCollide } from "../model/cron.ts";
import type { SharedKind } from "../model/isolation.ts";
import { isCidr, networksOverlap } from "../model/setting-network.ts";
import type { Claim } from "./claim.ts";
import { ANY_BROKER } from "./stores.ts";

/** Kinds of which different keys may be the same thing: these are held against each other one by one. */
const OVERLAPPING: ReadonlySet<SharedKind> = new Set([
  "folder",
  "file",
  "network",
  "cron",
  "host",
  "bucket",
  "database",
  "cache",
  "queue",
  "account",
]);

/** What stands on both sides of a comparison of paths: a file in a folder of another's is that other's. */
const SORT: Readonly<Partial<Record<SharedKind, string>>> = { folder: "path", file: "path" };

/** Claims of one sort can collide. */
export function sortOf(kind: SharedKind): string {
  return SORT[kind] ?? kind;
}

/** True for a sort whose claims must be compared one by one. */
export function isOverlapping(kind: SharedKind): boolean {
  return OVERLAPPING.has(kind);
}

function isInside(inner: string, outer: string): boolean {
  return inner.startsWith(outer.endsWith("/") ? outer : `${outer}/`);
}

function pathsMeet(a: Claim, b: Claim): boolean {
  return liesIn(a, b) || liesIn(b, a);
}

/** True when a path is the other one, or lies in that folder. */
export function liesIn(inner: Claim, outer: Claim): boolean {
  return inner.key === outer.key || (outer.kind === "folder" && isInside(inner.key, outer.key));
}

const ANY = "any://";

function isWithin(one: string, other: string): boolean {
  return one === other || isInside(one, other);
}

/** A name without a provider fits any; two folders of one bucket are apart. */
function bucketsMeet(a: string, b: string): boolean {
  const isAny = a.startsWith(ANY) || b.startsWith(ANY);
  const [one, other] = isAny ? [a, b].map((key) => key.replace(/^.*?:\/\//, "")) : [a, b];
  return isWithin(one!, other!) || isWithin(other!, one!);
}

function lastPart(key: string): string {
  return key.slice(key.lastIndexOf("/") + 1);
}

const SERVERS = /^([\w.+-]+):\/\/([^/ ]*)(.*)$/s;

/** The same thing on servers of which one is the same: a cluster may be named by some of its hosts. */
function serversMeet(a: string, b: string): boolean {
  if (a === b) return true;
  const [one, other] = [SERVERS.exec(a), SERVERS.exec(b)];
  if (!one || !other || one[1] !== other[1] || one[3] !== other[3]) return false;
  const hosts = new Set(one[2]!.split(","));
  return other[2]!.split(",").some((host) => hosts.has(host));
}

/** A declared name alone is that database on whatever server. */
function databasesMeet(a: string, b: string): boolean {
  if (serversMeet(a, b)) return true;
  return (a.startsWith(ANY) || b.startsWith(ANY)) && lastPart(a) === lastPart(b);
}

/** True where both claims are about the same thing; both must be of one sort. */
export function collide(a: Claim, b: Claim): boolean {
  if (a.isShareable && b.isShareable) return false;
  switch (a.kind) {
    case "folder":
    case "file":
      return pathsMeet(a, b);
    case "network":
      return isCidr(a.key) && isCidr(b.key) && networksOverlap(a.key, b.key);
    case "cron": {
      const [one, other] = [cronSlots(a.key), cronSlots(b.key)];
      return one !== undefined && other !== undefined && slotsCollide(one, other);
    }
    case "host":
      return globMatches(a.key, b.key) || globMatches(b.key, a.key);
    case "bucket":
      return bucketsMeet(a.key, b.key);
    case "database":
      return databasesMeet(a.key, b.key);
    case "cache":
    case "queue":
    case "account":
      return serversMeet(a.key, b.key);
    default:
      return a.key === b.key;
  }
}

/** The queue's name alone, where it is known on no broker in particular. */
export function isBareQueue({ kind, key }: Claim): boolean {
  return kind === "queue" && key.startsWith(`${ANY_BROKER} `);
}

/** True when some text fits both patterns, in which `*` stands for any run of characters. */
export function patternsMeet(a: string, b: string): boolean {
  const seen = new Map<number, boolean>();
  const meet = (i: number, j: number): boolean => {
    const at = i * (b.length + 1) + j;
    const known = seen.get(at);
    if (known !== undefined) return known;
    const answer = step(i, j);
    seen.set(at, answer);
    return answer;
  };
  const step = (i: number, j: number): boolean => {
    if (i === a.length && j === b.length) return true;
    if (a[i] === "*") return meet(i + 1, j) || (j < b.length && meet(i, j + 1));
    if (b[j] === "*") return meet(i, j + 1) || (i < a.length && meet(i + 1, j));
    return i < a.length && j < b.length && a[i] === b[j] && meet(i + 1, j + 1);
  };
  return meet(0, 0);
}

/** True where both say on which hosts they run, and no host fits both. */
export function runApart(a: readonly string[], b: readonly string[]): boolean {
  if (a.length === 0 || b.length === 0) return false;
  return !a.some((one) => b.some((other) => patternsMeet(one.toLowerCase(), other.toLowerCase())));
}
