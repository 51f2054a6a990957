/**
 * Scans one source file for values that belong in the settings: secrets, values of one environment alone, and names
 * of environments that code is made to depend on. Every file is read once, whatever the number of values. A line with
 * `ringfence-allow: reason` is let through, and counted.
 */
import { createScanner, type Scanner } from "../base/secret-scanner.ts";
import type { FindingDraft } from "../model/finding-list.ts";
import type { Needle } from "./scan-needles.ts";

/** A finding that a comment lets through. */
export interface AllowedFinding {
  readonly draft: FindingDraft;
  readonly reason: string;
}

export interface FileScan {
  readonly drafts: readonly FindingDraft[];
  readonly allowed: readonly AllowedFinding[];
}

/** One file: its path for messages, and its bytes. */
export interface SourceText {
  readonly file: string;
  readonly bytes: Buffer;
  /** A page for people: there only secrets are wrong. */
  readonly isProse: boolean;
}

export interface CodeScanner {
  scan(source: SourceText): FileScan;
}

const ALLOWED = /ringfence-allow:[ \t]*(.*)/;
/** What ends a comment of one line. */
const COMMENT_END = /\s*(\*\/|-->|#}|%>)?\s*$/;
/** A line about a port; `export`, `import` and `support` only end like one. */
const PORT_LINE = /(?<![a-z])ports?(?![a-z])|listen|bind|addr|:\/\//i;
const CAMEL_PORT = /(?<=[a-z0-9])Ports?(?![a-z])/;

interface Line {
  readonly text: string;
  readonly number: number;
}

interface Hit {
  readonly needle: Needle;
  readonly at: number;
}

/** Lines of a text by offsets in its bytes. */
class Lines {
  readonly #bytes: Buffer;
  readonly #starts: number[] = [0];

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
    for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, at + 1)) this.#starts.push(at + 1);
  }

  at(offset: number): Line & { readonly column: number } {
    let low = 0;
    let high = this.#starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.#starts[middle]! <= offset) low = middle;
      else high = middle - 1;
    }
    const start = this.#starts[low]!;
    const end = this.#starts[low + 1] ?? this.#bytes.length;
    const text = this.#bytes.toString("utf8", start, end).replace(/\r?\n$/, "");
    return { text, number: low + 1, column: this.#bytes.toString("utf8", start, offset).length + 1 };
  }
}

function isAboutPort(line: string): boolean {
  return PORT_LINE.test(line) || CAMEL_PORT.test(line);
}

/** A host, alone or with a port. */
const HOST = /^(?=.*[a-z])[a-z0-9-]+(\.[a-z0-9-]+)+(:\d+)?$/i;

/** True where the found bytes are a part of something longer: another host, another name, another number, another path. */
function isInside(bytes: Buffer, at: number, { text, kind }: Needle): boolean {
  const from = Math.max(0, at - 3);
  const end = at + Buffer.byteLength(text);
  const before = bytes.toString("latin1", from, at);
  const after = bytes.toString("latin1", end, end + 2);
  if (/[\w.-]$/.test(before) || /^(\w|[.-]\w)/.test(after)) return true;
  // A path goes on behind a host, a port and an address; a name that begins one (`s3://bucket/`) is whole.
  if (kind === "port" || text.includes("://") || HOST.test(text) || before.endsWith("://")) return false;
  return before.endsWith("/") || /^\/\w/.test(after);
}

class Scan {
  readonly #needles: readonly Needle[];
  readonly #scanner: Scanner | undefined;
  readonly #names: RegExp | undefined;

  constructor(needles: readonly Needle[], environments: readonly string[]) {
    this.#needles = needles;
    this.#scanner = needles.length > 0 ? createScanner(needles.map(({ text }) => text)) : undefined;
    this.#names = comparison(environments);
  }

  scan(source: SourceText): FileScan {
    const lines = new Lines(source.bytes);
    const found = [...this.#values(source, lines), ...(source.isProse ? [] : this.#comparisons(source))];
    const drafts: FindingDraft[] = [];
    const allowed: AllowedFinding[] = [];
    for (const { draft, line } of found) {
      const reason = ALLOWED.exec(line)?.[1]?.replace(COMMENT_END, "").trim();
      if (reason) allowed.push({ draft, reason });
      else drafts.push(draft);
    }
    return { drafts, allowed };
  }

  *#values(source: SourceText, lines: Lines): Iterable<{ draft: FindingDraft; line: string }> {
    const { bytes, file, isProse } = source;
    const ranges = this.#scanner?.scan(bytes, true, 0).ranges ?? [];
    const said = new Set<string>();
    for (const { from, to } of ranges) {
      for (const { needle, at } of this.#hits(bytes, from, to)) {
        if (needle.kind !== "secret" && isProse) continue;
        const { text, number, column } = lines.at(at);
        if (needle.kind === "port" && !isAboutPort(text)) continue;
        const draft = valueFinding(needle, { file, line: number, column });
        // A secret has several forms, of which one may hold another.
        const identity = `${number} ${draft.code} ${draft.why}`;
        if (!said.has(identity)) yield { draft, line: text };
        said.add(identity);
      }
    }
  }

  /** The needles in a range, longest first; what lies inside a longer one is none of its own. */
  #hits(bytes: Buffer, from: number, to: number): Hit[] {
    const part = bytes.subarray(from, to);
    const found = this.#needles.flatMap((needle) => {
      const at = part.indexOf(needle.text);
      if (at < 0) return [];
      const length = Buffer.byteLength(needle.text);
      if (needle.kind !== "secret" && isInside(bytes, from + at, needle)) return [];
      return [{ needle, at: from + at, length }];
    });
    found.sort((a, b) => b.length - a.length);
    return found.filter(({ at, length }, index) =>
      found.slice(0, index).every((longer) => at < longer.at || at + length > longer.at + longer.length),
    );
  }

  *#comparisons({ bytes, file }: SourceText): Iterable<{ draft: FindingDraft; line: string }> {
    if (!this.#names) return;
    const lines = bytes.toString("utf8").split("\n");
    for (const [index, line] of lines.entries()) {
      for (const match of line.matchAll(this.#names)) {
        const name = match.groups!.right ?? match.groups!.left!;
        const column = match.index + match[0].indexOf(name) + 1;
        yield { draft: comparisonFinding(name, { file, line: index + 1, column }), line };
      }
    }
  }
}

/** `=== "production"`, `'staging' == …`, `!= "dev"`. */
function comparison(environments: readonly string[]): RegExp | undefined {
  if (environments.length === 0) return undefined;
  const names = environments.map((name) => name.replace(/[^\w]/g, "\\$&")).join("|");
  const quoted = (group: string) => `(?:"(?<${group}>${names})"|'(?<${group}>${names})')`;
  return new RegExp(`[=!]==?\\s*${quoted("right")}|${quoted("left")}\\s*[=!]==?`, "g");
}

function comparisonFinding(name: string, place: FindingDraft["place"]): FindingDraft {
  return {
    code: "SCAN_ENVIRONMENT",
    severity: "advice",
    place,
    why: `the code asks whether the environment is ${name}: what it then does stands in no setting`,
    fix: "declare a setting that says what is to be done, and ask that",
  };
}

const MOST_NAMED = 3;

function valueFinding({ kind, settings }: Needle, place: FindingDraft["place"]): FindingDraft {
  const { name: setting, environment } = settings[0]!;
  const named = settings.slice(0, MOST_NAMED).map((one) => `${one.name} of ${one.environment}`);
  const others = settings.length - named.length;
  const whose = `${named.join(", ")}${others > 0 ? ` and ${others} more` : ""}`;
  if (kind === "secret") {
    return {
      code: "SCAN_SECRET",
      setting,
      place,
      why: `the secret ${whose} stands here for all to read`,
      fix: `ringfence secret set ${setting} -e ${environment}   # a new value; and read ${setting} from the environment here`,
    };
  }
  return {
    code: "SCAN_VALUE",
    severity: "warning",
    setting,
    place,
    why: `the value of ${whose} stands here; other environments have another one`,
    fix: `read ${setting} from the environment, or say in a comment: ringfence-allow: <reason>`,
  };
}

/** A scanner of source files. @param environments names of the project's environments, and of kinds that they have */
export function createCodeScanner(needles: readonly Needle[], environments: readonly string[]): CodeScanner {
  return new Scan(needles, environments);
}
