/**
 * Parity: how near environments are to each other, as a number that can be traced. Every key counts one unit, and so
 * does every layer that is missing. A unit loses the weight of the worst that is wrong with it, and
 *
 *     score = floor(100 × (1 − sum of weights lost / units))
 *
 * Secrets that are known to differ cost nothing: that is what keeps environments apart.
 */
import type {
  Deduction,
  DeductionKind,
  MatrixCell,
  MatrixRow,
  Parity,
  SettingsMatrix,
} from "../model/comparison.ts";
import type { Side } from "./comparable.ts";

/** What each kind takes of a unit. */
const WEIGHTS: Readonly<Record<DeductionKind, number>> = {
  "requirement-unmet": 1,
  "layer-missing": 1,
  "key-missing": 1,
  "type-differs": 0.75,
  "unexpected-difference": 0.5,
  unknown: 0.25,
};

type Entry = readonly [environment: string, cell: MatrixCell];

/** Why a row loses something, and where it shows. */
interface Reason {
  readonly kind: DeductionKind;
  readonly entries: readonly Entry[];
  readonly why: string;
}

const isAbsent = ([, { state }]: Entry): boolean => state === "missing" || state === "unset";
const isUnknown = ([, { state, group }]: Entry): boolean => state === "unknown" || group === "?";

/** Layers give texts, numbers and truths as it suits them; a list or an object is another matter. */
function shapeOf([, { value }]: Entry): string {
  if (value === null || typeof value !== "object") return "scalar";
  return Array.isArray(value) ? "list" : "object";
}

function mistyped(plain: readonly Entry[], entries: readonly Entry[]): readonly Entry[] {
  const wrong = entries.filter(([, { errors }]) => errors.includes("SETTING_TYPE"));
  if (wrong.length > 0) return wrong;
  return new Set(plain.map(shapeOf)).size > 1 ? plain : [];
}

/** Most rows are the same everywhere and have no error: they are not looked at twice. */
function isSound({ differs }: MatrixRow, entries: readonly Entry[]): boolean {
  return !differs && entries.every(([, { errors }]) => errors.length === 0);
}

/** The worst that is wrong with a row; undefined when nothing is. */
function worstOf(row: MatrixRow, entries: readonly Entry[]): Reason | undefined {
  const unmet = entries.filter(([, { state }]) => state === "missing");
  if (unmet.length > 0)
    return { kind: "requirement-unmet", entries: unmet, why: `${row.key} is required, and has no value` };
  const absent = entries.filter(isAbsent);
  if (absent.length > 0 && !row.byDesign)
    return { kind: "key-missing", entries: absent, why: `${row.key} is set elsewhere, and not here` };
  const plain = entries.filter(([, { state }]) => state === "value" || state === "default");
  const types = mistyped(plain, entries);
  if (types.length > 0)
    return { kind: "type-differs", entries: types, why: `${row.key} is not of one type everywhere` };
  if (row.byDesign) return undefined;
  if (new Set(plain.map(([, { text }]) => text)).size > 1)
    return {
      kind: "unexpected-difference",
      entries: plain,
      why: `${row.key} differs, and no rule says that it may`,
    };
  const unknown = entries.filter(isUnknown);
  if (unknown.length === 0) return undefined;
  return { kind: "unknown", entries: unknown, why: `${row.key} can't be compared here` };
}

function deductionOf(key: string, { kind, entries, why }: Reason): Deduction {
  return { kind, key, environments: entries.map(([name]) => name), weight: WEIGHTS[kind], why };
}

/** True for the findings that say that a whole layer is not there. */
export function isLayerMissing(code: string): boolean {
  return ["SETTING_LAYER_MISSING", "SETTING_LAYER_UNTRUSTED", "SETTING_LAYER_FAILED"].includes(code);
}

function missingLayers({ name, resolution }: Side): Deduction[] {
  return resolution.findings
    .filter(({ code }) => isLayerMissing(code))
    .map(({ why }) => ({
      kind: "layer-missing" as const,
      key: null,
      environments: [name],
      weight: WEIGHTS["layer-missing"],
      why,
    }));
}

/**
 * How near these environments are, and everything that lowers it. Fewer than two have no parity.
 *
 * @param matrix of the same sides, whole
 */
export function parity(sides: readonly Side[], matrix: SettingsMatrix): Parity {
  if (sides.length < 2) return { score: null, units: 0, deductions: [] };
  const ofLayers = sides.flatMap(missingLayers);
  const ofKeys: Deduction[] = [];
  let units = ofLayers.length;
  for (const row of matrix.rows) {
    const cells = Object.entries(row.cells);
    if (cells.every(([, { state }]) => state === "unset")) continue;
    units++;
    const worst = isSound(row, cells) ? undefined : worstOf(row, cells);
    if (worst) ofKeys.push(deductionOf(row.key, worst));
  }
  const deductions = [...ofLayers, ...ofKeys].sort((a, b) => b.weight - a.weight);
  const lost = deductions.reduce((sum, { weight }) => sum + weight, 0);
  return { score: units === 0 ? null : Math.floor(100 * (1 - lost / units)), units, deductions };
}
