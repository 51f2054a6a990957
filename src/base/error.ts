/**
 * The one error class and the way capabilities declare their catalogue of errors.
 * Every error says what, where, why and a fix; anything else that is thrown is a bug.
 */
import { redact } from "./redaction.ts";

/** Published exit codes of the command line (docs/errors.md). */
export const EXIT = {
  ok: 0,
  failed: 1,
  usage: 2,
  findings: 3,
  refused: 10,
  locked: 11,
  undecryptable: 12,
  notPermitted: 13,
  /** `run` only, as timeout(1) does: a limit of the environment ended the command. */
  limited: 124,
  /** `run` only, as shells do: the command cannot be executed, or is not there. */
  notExecutable: 126,
  notFound: 127,
  interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** What a catalogue says of one code, the same for every occurrence. */
export interface ErrorKind {
  /** One sentence for docs/errors.md: when this error appears. */
  readonly summary: string;
  readonly exit: ExitCode;
  /** HTTP status that the API answers with. */
  readonly http: number;
  /** True when the same call may succeed later without any change. */
  readonly retryable?: boolean;
}

/** What one occurrence says. Each text is redacted and capped before it is kept. */
export interface ErrorDetail {
  /** What happened, one line, no full stop. */
  readonly what: string;
  /** `file:line:column subject`, or the thing it happened to. */
  readonly where?: string | undefined;
  /** Why this is refused or failed. */
  readonly why?: string | undefined;
  /** What mends it; a command that works when pasted, where there is one. */
  readonly fix?: string | undefined;
  /** Facts for `--json`; never a secret. */
  readonly details?: unknown;
  readonly cause?: unknown;
  /** Who is asked next, in order, where the environment says so. */
  readonly escalation?: readonly string[] | undefined;
}

const LONGEST_TEXT = 4_000;

function clean(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const safe = redact(text);
  return safe.length > LONGEST_TEXT ? `${safe.slice(0, LONGEST_TEXT)}… (cut)` : safe;
}

/** As JSON, with every text in it redacted. */
function cleanDetails(details: unknown): unknown {
  if (details === undefined) return undefined;
  return JSON.parse(JSON.stringify(details), (_key, value) =>
    typeof value === "string" ? redact(value) : value,
  );
}

/** An expected failure. Identify it by {@link RingfenceError.code}, never by its text. */
export class RingfenceError extends Error {
  readonly code: string;
  readonly where: string | undefined;
  readonly why: string | undefined;
  readonly fix: string | undefined;
  readonly exit: ExitCode;
  readonly http: number;
  readonly retryable: boolean;
  readonly details: unknown;
  readonly escalation: readonly string[] | undefined;

  constructor(code: string, kind: Omit<ErrorKind, "summary">, detail: ErrorDetail) {
    super(clean(detail.what), detail.cause === undefined ? undefined : { cause: detail.cause });
    this.name = "RingfenceError";
    this.code = code;
    this.where = clean(detail.where);
    this.why = clean(detail.why);
    this.fix = clean(detail.fix);
    this.exit = kind.exit;
    this.http = kind.http;
    this.retryable = kind.retryable ?? false;
    this.details = cleanDetails(detail.details);
    this.escalation = detail.escalation?.map((who) => clean(who)!);
  }

  /** The same failure, with who is asked next about it. */
  escalatedTo(escalation: readonly string[]): RingfenceError {
    const { code, message: what, where, why, fix, details } = this;
    return new RingfenceError(code, this, { what, where, why, fix, details, cause: this, escalation });
  }

  /** The same failure, with more to say of why, and what mends it after what has been said. */
  with(more: { readonly why?: string; readonly fix?: string }): RingfenceError {
    const { code, message: what, where, details, escalation } = this;
    const both = (said: string | undefined, then: string | undefined) =>
      [said, then].filter((text) => text !== undefined).join("\n") || undefined;
    const [why, fix] = [both(this.why, more.why), both(this.fix, more.fix)];
    return new RingfenceError(code, this, { what, where, why, fix, details, cause: this, escalation });
  }

  /** The shape printed on standard error under `--json` and answered by the API. */
  toJSON(): Record<string, unknown> {
    const { code, message, where, why, fix, exit, retryable, details, escalation } = this;
    return { error: { code, what: message, where, why, fix, exit, retryable, details, escalation } };
  }
}

type Factories<T> = { readonly [K in keyof T]: (detail: ErrorDetail) => RingfenceError };

/** A catalogue: one factory per code, and the kinds for the generated error page. */
export type ErrorCatalogue<T extends Record<string, ErrorKind>> = Factories<T> & { readonly kinds: T };

/**
 * Declares the errors of one capability.
 *
 * @example
 * export const configErrors = errorCatalogue({ CONFIG_CYCLE: { summary: "…", exit: EXIT.findings, http: 422 } });
 * throw configErrors.CONFIG_CYCLE({ what: "A refers to itself", where: "a.env:1:1", fix: "…" });
 */
export function errorCatalogue<const T extends Record<string, ErrorKind>>(kinds: T): ErrorCatalogue<T> {
  const factories = Object.fromEntries(
    Object.entries(kinds).map(([code, kind]) => [
      code,
      (detail: ErrorDetail) => new RingfenceError(code, kind, detail),
    ]),
  );
  return { ...(factories as Factories<T>), kinds };
}

/** True for an expected failure with the given code (any code when left out). */
export function isRingfenceError(error: unknown, code?: string): error is RingfenceError {
  return error instanceof RingfenceError && (code === undefined || error.code === code);
}

/** The `code` of a Node system error (`ENOENT`, `EADDRINUSE` …), if it is one. */
export function systemCode(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
}
