/** Semantic versions as Semantic Versioning 2.0.0 defines them (semver.org): parse, compare, next. */
import { releaseErrors } from "./errors.ts";

export interface Version {
  /** Decimal digits without leading zeros; of any length, so they are compared as text. */
  readonly major: string;
  readonly minor: string;
  readonly patch: string;
  /** Identifiers after `-`; empty for a normal version. */
  readonly prerelease: readonly string[];
  /** Identifiers after `+`; they have no part in precedence. */
  readonly build: readonly string[];
}

export type VersionPart = "major" | "minor" | "patch";

const NUMBER = "(0|[1-9]\\d*)";
const PRERELEASE_IDENTIFIER = "(?:0|[1-9]\\d*|\\d*[A-Za-z-][0-9A-Za-z-]*)";
/** The grammar of the specification's item 9, 10 and its BNF. */
const PATTERN = new RegExp(
  `^${NUMBER}\\.${NUMBER}\\.${NUMBER}` +
    `(?:-(${PRERELEASE_IDENTIFIER}(?:\\.${PRERELEASE_IDENTIFIER})*))?` +
    "(?:\\+([0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*))?$",
);
const LONGEST = 256;

function read(text: string): Version | undefined {
  if (text.length > LONGEST) return undefined;
  const match = PATTERN.exec(text);
  if (!match) return undefined;
  const [, major, minor, patch, prerelease, build] = match;
  return {
    major: major!,
    minor: minor!,
    patch: patch!,
    prerelease: prerelease?.split(".") ?? [],
    build: build?.split(".") ?? [],
  };
}

/** What the writer probably meant: `v1.2` → `1.2.0`, `01.2.3` → `1.2.3`. */
function suggestion(text: string): string | undefined {
  const [core = "", ...rest] = text
    .trim()
    .replace(/^v/i, "")
    .split(/(?=[-+])/);
  const numbers = core.split(".").map((part) => part.replace(/^0+(?=\d)/, ""));
  while (numbers.length < 3) numbers.push("0");
  const candidate = numbers.join(".") + rest.join("");
  return read(candidate) && candidate;
}

/** True for a semantic version: `1.0.0-rc.1+exp.sha.5114f85`; not `v1.0.0`, not `1.0`, not `01.0.0`. */
export function isVersion(text: string): boolean {
  return read(text) !== undefined;
}

/** @throws RELEASE_VERSION_INVALID */
export function parseVersion(text: string): Version {
  const version = read(text);
  if (version) return version;
  const meant = suggestion(text);
  throw releaseErrors.RELEASE_VERSION_INVALID({
    what: `${JSON.stringify(text.slice(0, 80))} is no semantic version`,
    why: "a version is three numbers without leading zeros, MAJOR.MINOR.PATCH, as 1.4.0 or 1.4.0-rc.1",
    fix: meant ? `write ${meant}` : "write a version such as 1.4.0",
  });
}

/** The same text, known to be a version. @throws RELEASE_VERSION_INVALID */
export function assertVersion(text: string): string {
  return formatVersion(parseVersion(text));
}

/** The text that {@link parseVersion} reads. */
export function formatVersion(version: Version): string {
  const core = `${version.major}.${version.minor}.${version.patch}`;
  const prerelease = version.prerelease.length > 0 ? `-${version.prerelease.join(".")}` : "";
  const build = version.build.length > 0 ? `+${version.build.join(".")}` : "";
  return core + prerelease + build;
}

const order = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
const byNumber = (a: string, b: string): number => a.length - b.length || order(a, b);
const isNumeric = (identifier: string): boolean => /^\d+$/.test(identifier);

function comparePrerelease(a: readonly string[], b: readonly string[]): number {
  if (a.length === 0 || b.length === 0) return b.length - a.length;
  for (let i = 0; i < Math.min(a.length, b.length); i++) {
    const [x, y] = [a[i]!, b[i]!];
    if (isNumeric(x) !== isNumeric(y)) return isNumeric(x) ? -1 : 1;
    const difference = isNumeric(x) ? byNumber(x, y) : order(x, y);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

/**
 * Precedence (item 11): negative when `a` comes before `b`, 0 when they rank the same; build metadata is ignored.
 *
 * @throws RELEASE_VERSION_INVALID
 */
export function compareVersions(a: string, b: string): number {
  const [x, y] = [parseVersion(a), parseVersion(b)];
  const difference =
    byNumber(x.major, y.major) ||
    byNumber(x.minor, y.minor) ||
    byNumber(x.patch, y.patch) ||
    comparePrerelease(x.prerelease, y.prerelease);
  return Math.sign(difference);
}

const plusOne = (digits: string): string => String(BigInt(digits) + 1n);

/**
 * The next normal version after `current` (items 6 to 8). A pre-release of the very version that the part
 * leads to is completed: `2.0.0-rc.1` and major give `2.0.0`.
 *
 * @throws RELEASE_VERSION_INVALID
 */
export function nextVersion(current: string, part: VersionPart): string {
  const { major, minor, patch, prerelease } = parseVersion(current);
  const early = prerelease.length > 0;
  if (part === "major") {
    const complete = early && minor === "0" && patch === "0";
    return `${complete ? major : plusOne(major)}.0.0`;
  }
  if (part === "minor") return `${major}.${early && patch === "0" ? minor : plusOne(minor)}.0`;
  return `${major}.${minor}.${early ? patch : plusOne(patch)}`;
}
