/** Settings by environments: one row a key, one cell an environment. Linear in the cells. */
import { globMatches } from "../base/glob.ts";
import type { CellState, MatrixCell, MatrixRow, SettingsMatrix } from "../model/comparison.ts";
import type { ResolvedSetting, SettingDeclaration } from "../model/setting.ts";
import { comparableText, type Fingerprint, placeOf, type Side } from "./comparable.ts";
import { DesignRules } from "./design.ts";
import type { ComparisonOptions } from "./diff.ts";

export interface MatrixOptions extends ComparisonOptions {
  /** Their rows come first, in this order, also where nobody sets them. */
  readonly declared: readonly SettingDeclaration[];
}

/** Which rows to keep; all that is asked for must hold. */
export interface MatrixFilter {
  /** A key, or a pattern with `*`. */
  readonly only?: string | undefined;
  readonly differing?: boolean | undefined;
  readonly missing?: boolean | undefined;
}

/** The errors of one environment by setting. */
type Errors = ReadonlyMap<string, readonly string[]>;

const NONE: readonly string[] = [];

function errorsOf({ resolution }: Side): Errors {
  const errors = new Map<string, string[]>();
  for (const { severity, setting, code } of resolution.findings) {
    if (severity !== "error" || setting === undefined) continue;
    const codes = errors.get(setting);
    if (codes) codes.push(code);
    else errors.set(setting, [code]);
  }
  return errors;
}

/** A, B … Z, AA, AB … */
function letters(index: number): string {
  const last = String.fromCharCode(65 + (index % 26));
  return index < 26 ? last : letters(Math.floor(index / 26) - 1) + last;
}

/** Gives each value of one row its letter. */
class Groups {
  readonly #letters = new Map<string, string>();
  readonly #key: string;
  readonly #fingerprint: Fingerprint;

  constructor(key: string, fingerprint: Fingerprint) {
    this.#key = key;
    this.#fingerprint = fingerprint;
  }

  of(text: string | undefined): string {
    if (text === undefined) return "?";
    const print = this.#fingerprint(this.#key, text);
    const known = this.#letters.get(print);
    if (known !== undefined) return known;
    const letter = letters(this.#letters.size);
    this.#letters.set(print, letter);
    return letter;
  }
}

function stateOf(
  setting: ResolvedSetting | undefined,
  secret: boolean,
  errors: readonly string[],
): CellState {
  if (errors.includes("SETTING_MISSING")) return "missing";
  if (!setting) return "unset";
  if (secret) return "secret";
  if (comparableText(setting) === undefined) return "unknown";
  return setting.history.some(({ wins, source }) => wins && source === "default") ? "default" : "value";
}

function cellOf(
  setting: ResolvedSetting | undefined,
  errors: readonly string[],
  groups: Groups | undefined,
): MatrixCell {
  const state = stateOf(setting, groups !== undefined, errors);
  const place = placeOf(setting);
  const plain = state === "value" || state === "default";
  return {
    state,
    value: plain ? setting!.value : null,
    text: plain ? (comparableText(setting!) ?? null) : null,
    group: groups && state === "secret" ? groups.of(comparableText(setting!)) : null,
    place,
    errors,
  };
}

/** Unknown is like nothing else, not even like another unknown. */
function differ(cells: readonly MatrixCell[]): boolean {
  if (cells.length < 2) return false;
  const seen = new Set(
    cells.map(({ state, text, group }) =>
      state === "missing" || state === "unset" ? "absent" : group === null ? `=${text}` : group,
    ),
  );
  return seen.size > 1 || cells.some(({ state, group }) => state === "unknown" || group === "?");
}

function keysOf(sides: readonly Side[], declared: readonly SettingDeclaration[]): Set<string> {
  const keys = new Set(declared.map(({ name }) => name));
  for (const { resolution } of sides) for (const key of resolution.settings.keys()) keys.add(key);
  return keys;
}

/** The whole matrix of these environments. */
export function matrixOf(sides: readonly Side[], options: MatrixOptions): SettingsMatrix {
  const design = new DesignRules(options.byDesign);
  const types = new Map(options.declared.map(({ name, type }) => [name, type] as const));
  const secrets = new Set(options.declared.filter(({ secret }) => secret).map(({ name }) => name));
  const errors = sides.map(errorsOf);
  const rows = Array.from(keysOf(sides, options.declared), (key): MatrixRow => {
    const settings = sides.map(({ resolution }) => resolution.settings.get(key));
    const secret = secrets.has(key) || settings.some((setting) => setting?.secret);
    const groups = secret ? new Groups(key, options.fingerprint) : undefined;
    const cells = settings.map((setting, at) => cellOf(setting, errors[at]!.get(key) ?? NONE, groups));
    const reason = design.reasonFor(key);
    return {
      key,
      type: types.get(key) ?? null,
      secret,
      differs: differ(cells),
      byDesign: reason !== null,
      reason,
      cells: Object.fromEntries(sides.map(({ name }, at) => [name, cells[at]!])),
    };
  });
  return { environments: sides.map(({ name }) => name), rows };
}

/** The rows that are asked for. */
export function filterMatrix(
  matrix: SettingsMatrix,
  { only, differing, missing }: MatrixFilter,
): SettingsMatrix {
  const rows = matrix.rows.filter(
    ({ key, differs, cells }) =>
      (only === undefined || globMatches(only, key)) &&
      (!differing || differs) &&
      (!missing || Object.values(cells).some(({ state }) => state === "missing")),
  );
  return { ...matrix, rows };
}
