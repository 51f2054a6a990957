/** Two environments held against each other: what they share, grouped by the two places that would have to change. */
import { formatPlace } from "../base/place.ts";
import { type Contamination, SHARED_KINDS } from "../model/isolation.ts";
import type { Claim } from "./claim.ts";
import type { EnvironmentClaims } from "./claims.ts";
import { collide, isBareQueue, isOverlapping, liesIn, runApart, sortOf } from "./collision.ts";
import { codeOf, fixFor, listed, sharedThing } from "./wording.ts";

type Match = readonly [Claim, Claim];

/** The claim by which a thing is told: the one that is the whole value of its setting. */
function preferred(claims: readonly Claim[]): Claim {
  return claims.find(({ isPart }) => !isPart) ?? claims[0]!;
}

function bySort(claims: readonly Claim[]): Map<string, Claim[]> {
  const groups = new Map<string, Claim[]>();
  for (const claim of claims) {
    const sort = sortOf(claim.kind);
    const group = groups.get(sort);
    if (group) group.push(claim);
    else groups.set(sort, [claim]);
  }
  return groups;
}

/** Claims on one thing, each thing once. */
function byKey(claims: readonly Claim[]): Map<string, Claim[]> {
  const things = new Map<string, Claim[]>();
  for (const claim of claims) {
    const key = `${claim.isShareable ? "shareable " : ""}${claim.key}`;
    const thing = things.get(key);
    if (thing) thing.push(claim);
    else things.set(key, [claim]);
  }
  return things;
}

function matchesOf(ours: readonly Claim[], theirs: readonly Claim[]): Match[] {
  const [a, b] = [byKey(ours), byKey(theirs)];
  if (!isOverlapping(ours[0]!.kind)) {
    return [...a].flatMap(([key, claims]): Match[] => {
      const others = b.get(key);
      return others ? [[preferred(claims), preferred(others)]] : [];
    });
  }
  const others = [...b.values()].map(preferred);
  const matches = [...a.values()]
    .map(preferred)
    .flatMap((one) => others.filter((other) => collide(one, other)).map((other): Match => [one, other]));
  if (sortOf(ours[0]!.kind) !== "path") return matches;
  return matches.filter((match) => !matches.some((other) => followsFrom(match, other)));
}

/**
 * What follows from another match: where two folders are one, so is all that lies in them, and the folders are what
 * has to change; where two paths are the same, that one of them lies in a folder besides says no more.
 */
function followsFrom([one, other]: Match, [outer, outerOther]: Match): boolean {
  const isBelow = one !== outer && other !== outerOther && liesIn(one, outer) && liesIn(other, outerOther);
  const isSame = outer.key === outerOther.key;
  const along = (a: Claim, b: Claim) => a !== b && (liesIn(a, b) || liesIn(b, a));
  const isBeside = (other === outerOther && along(one, outer)) || (one === outer && along(other, outerOther));
  return isBelow || (isSame && isBeside);
}

/** What is the same only on one machine, or on one broker, where these are known to differ. */
function isApart([one, other]: Match, a: EnvironmentClaims, b: EnvironmentClaims): boolean {
  if (isBareQueue(one) && isBareQueue(other)) {
    const known = a.brokers.size > 0 && b.brokers.size > 0;
    return known && ![...a.brokers].some((broker) => b.brokers.has(broker));
  }
  return (one.isLocal || other.isLocal) && runApart(a.facts.hosts, b.facts.hosts);
}

function contamination(
  matches: readonly Match[],
  a: EnvironmentClaims,
  b: EnvironmentClaims,
  manifest: string,
): Contamination {
  const order = matches.toSorted((x, y) => SHARED_KINDS.indexOf(x[0].kind) - SHARED_KINDS.indexOf(y[0].kind));
  const [one, other] = order[0]!;
  const side = ({ facts }: EnvironmentClaims, { subject, place }: Claim) => ({
    environment: facts.name,
    subject,
    where: formatPlace(place),
  });
  const things = [...new Set(order.map(([left, right]) => sharedThing(left, right)))];
  const names =
    one.subject === other.subject
      ? `${one.subject} of ${a.facts.name} and of ${b.facts.name}`
      : `${one.subject} of ${a.facts.name} and ${other.subject} of ${b.facts.name}`;
  return {
    code: codeOf(one.kind),
    kinds: [...new Set(order.map(([{ kind }]) => kind))],
    places: [side(a, one), side(b, other)],
    why: `${names}: ${listed(things)}`,
    fix: fixFor(one, other, a.facts.name, manifest),
    excused: null,
  };
}

/** Variables of the one in sources of the other. */
function foreignMatches(a: EnvironmentClaims, b: EnvironmentClaims): Match[] {
  const claim = (name: string, place: Claim["place"]): Claim => ({
    kind: "prefix",
    key: name,
    shown: undefined,
    subject: name,
    place,
    isPart: false,
    isSecret: false,
    isLocal: false,
    isShareable: false,
  });
  const of = (holder: EnvironmentClaims, owner: EnvironmentClaims) =>
    holder.facts.foreign.filter((foreign) => foreign.owner === owner.facts.name);
  return [
    ...of(a, b).map(
      ({ name, place, ownerPlace }): Match => [claim(name, place), claim("prefix", ownerPlace)],
    ),
    ...of(b, a).map(
      ({ name, place, ownerPlace }): Match => [claim("prefix", ownerPlace), claim(name, place)],
    ),
  ];
}

/** One server with several databases, one bucket with several folders: near, but not the same. */
function neighbours(ours: readonly Claim[], theirs: readonly Claim[]): string[] {
  const serverOf = ({ kind, key }: Claim): string | undefined =>
    ["database", "cache", "bucket"].includes(kind) ? /^(?!any:)[^/]+:\/\/[^/]+/.exec(key)?.[0] : undefined;
  const servers = new Map(
    ours.flatMap((claim) => {
      const server = serverOf(claim);
      return server === undefined ? [] : [[server, claim] as const];
    }),
  );
  const notes = theirs.flatMap((claim) => {
    const server = serverOf(claim);
    const mine = server === undefined ? undefined : servers.get(server);
    if (!mine || collide(mine, claim)) return [];
    const names = mine.subject === claim.subject ? mine.subject : `${mine.subject} and ${claim.subject}`;
    return [
      `${names}: ${claim.kind === "bucket" ? "two folders of one bucket" : "two databases on one server"}`,
    ];
  });
  return [...new Set(notes)];
}

/** What two environments share, in the order of the kinds, and what they nearly share. */
export function comparePair(
  a: EnvironmentClaims,
  b: EnvironmentClaims,
  manifest: string,
): { readonly contaminations: readonly Contamination[]; readonly notes: readonly string[] } {
  const theirs = bySort(b.claims);
  const found = [...bySort(a.claims)].flatMap(([sort, ours]) => matchesOf(ours, theirs.get(sort) ?? []));
  const shared = [...found.filter((match) => !isApart(match, a, b)), ...foreignMatches(a, b)];
  const groups = new Map<string, Match[]>();
  for (const match of shared) {
    const key = match.map(({ subject, place }) => `${subject} ${formatPlace(place)}`).join("\0");
    groups.set(key, [...(groups.get(key) ?? []), match]);
  }
  const contaminations = [...groups.values()].map((matches) => contamination(matches, a, b, manifest));
  const rank = ({ kinds }: Contamination) => SHARED_KINDS.indexOf(kinds[0]!);
  const apart = found
    .filter((match) => isApart(match, a, b))
    .map(([one, other]) => {
      const names = one.subject === other.subject ? one.subject : `${one.subject} and ${other.subject}`;
      return `${names}: ${sharedThing(one, other)}, on hosts that differ`;
    });
  return {
    contaminations: contaminations.toSorted((x, y) => rank(x) - rank(y)),
    notes: [...new Set([...apart, ...neighbours(a.claims, b.claims)])],
  };
}
