/**
 * The metadata of a SOPS file, checked: who it is encrypted to, its MAC, and which leaves are encrypted.
 * Field names and rules: getsops/sops, `stores/stores.go` and `sops.go`.
 */
import type { Place } from "../../base/place.ts";
import { malformed, type SopsDocument, unsupported } from "./document.ts";
import { type KeyGroups, readKeyGroups, textOf } from "./keys.ts";

export interface SopsMetadata extends KeyGroups {
  /** Encrypted leaf; empty when the file has none. */
  readonly mac: string;
  readonly macPlace: Place;
  /** RFC 3339 without fractions of a second, in the form that the MAC is authenticated with. */
  readonly lastModified: string;
  readonly macOnlyEncrypted: boolean;
  /** Whether the file's rule encrypts the leaf at this path. */
  encrypts(path: readonly string[]): boolean;
}

/** What a file without a rule has. */
export const DEFAULT_UNENCRYPTED_SUFFIX = "_unencrypted";

const RULES = ["unencrypted_suffix", "encrypted_suffix", "unencrypted_regex", "encrypted_regex"] as const;
const COMMENT_RULES = ["unencrypted_comment_regex", "encrypted_comment_regex"];
const TIME =
  /^([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2})(?:[.,][0-9]+)?(Z|[-+][0-9]{2}:[0-9]{2})$/;

const VERSION = /^[0-9]+\.[0-9]+\.[0-9]+/;

/** Go writes flags such as `(?i)` into the pattern; here they stand beside it. */
export function compilePattern(pattern: string): RegExp {
  const flags = /^\(\?([ims]+)\)/.exec(pattern);
  return new RegExp(flags ? pattern.slice(flags[0].length) : pattern, flags?.[1]);
}

function readRule({ metadata, placeOf }: SopsDocument): SopsMetadata["encrypts"] {
  const set = RULES.filter((name) => textOf(metadata[name]) !== "");
  const [rule = "unencrypted_suffix"] = set;
  if (set.length > 1) throw malformed(placeOf(set[1]!), `${set.join(" and ")} contradict each other`);
  const comment = COMMENT_RULES.find((name) => textOf(metadata[name]) !== "");
  if (comment)
    throw unsupported(
      placeOf(comment),
      `comments decide what is encrypted here (${comment})`,
      "use a suffix",
    );
  const pattern = textOf(metadata[rule]) || DEFAULT_UNENCRYPTED_SUFFIX;
  let matches = (key: string): boolean => key.endsWith(pattern);
  if (rule.endsWith("_regex")) {
    try {
      const expression = compilePattern(pattern);
      matches = (key) => expression.test(key);
    } catch {
      throw unsupported(placeOf(rule), `the pattern of ${rule} can't be read here`, "use a simpler pattern");
    }
  }
  const whenMatched = rule.startsWith("encrypted");
  return (path) => path.some(matches) === whenMatched;
}

/** The text that sops authenticates the MAC with: seconds, and Z for UTC. */
export function goTimestamp(text: string): string | undefined {
  const match = TIME.exec(text);
  if (!match || Number.isNaN(Date.parse(`${match[1]}${match[2]}`))) return undefined;
  return `${match[1]}${match[2] === "+00:00" || match[2] === "-00:00" ? "Z" : match[2]}`;
}

/** @throws SECRETS_MALFORMED, SECRETS_UNSUPPORTED */
export function readMetadata(document: SopsDocument): SopsMetadata {
  const { metadata, placeOf } = document;
  const keys = readKeyGroups(document);
  const lastModified = goTimestamp(textOf(metadata.lastmodified));
  if (!lastModified) throw malformed(placeOf("lastmodified"), "`lastmodified` is no RFC 3339 time");
  // The last thing that sops writes into most files: without it, the file was cut.
  if (!VERSION.test(textOf(metadata.version)))
    throw malformed(placeOf("version"), "`version` is no version of SOPS, so the file may be cut");
  return {
    ...keys,
    mac: textOf(metadata.mac),
    macPlace: placeOf("mac"),
    lastModified,
    macOnlyEncrypted: /^(true|1|t)$/i.test(textOf(metadata.mac_only_encrypted)),
    encrypts: readRule(document),
  };
}
