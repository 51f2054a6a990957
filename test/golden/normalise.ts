/** What differs from run to run and from machine to machine, replaced by what it is. Widths stay where columns hang on them. */
import { hostname } from "node:os";

const PATTERNS: readonly (readonly [RegExp, string])[] = [
  [/\bop_[a-z0-9]{26}\b/g, "op_00000000000000000000000000"],
  [/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/g, "2026-01-02T03:04:05.678Z"],
  [/\bsha256:[0-9a-f]{64}\b/g, `sha256:${"0".repeat(64)}`],
  [/\b(?=[0-9a-f]*[a-f])(?=[0-9a-f]*\d)[0-9a-f]{40}\b/g, "0".repeat(40)],
  [/\b(?=[0-9a-f]*\d)[0-9a-f]{16}\b/g, "0".repeat(16)],
  [/\b(?=[0-9a-f]*\d)[0-9a-f]{12}\b/g, "0".repeat(12)],
  // As git shortens a commit; a decimal number of ten digits is none.
  [/\b(?=[0-9a-f]*[a-f])(?=[0-9a-f]*\d)[0-9a-f]{10}\b/g, "0".repeat(10)],
  [/\bage1[a-z0-9]{58}\b/g, `age1${"0".repeat(58)}`],
  [/\bed25519:[A-Za-z0-9+/]{43}=/g, `ed25519:${"0".repeat(43)}=`],
  [/\b\d+\.\d KiB\b/g, "1.0 KiB"],
  [/\bin \d+ ms\b/g, "in 1 ms"],
  [/\b\d+ events/g, "9 events"],
  [/\b\d+ probes/g, "9 probes"],
  [/\bcheckpoint at \d+/g, "checkpoint at 9"],
  [/\bos:\S+/g, "os:me"],
];

/** @param names places and values of this run, longest first, with what stands for them. */
export function normalise(text: string, names: readonly (readonly [string, string])[]): string {
  const all: readonly (readonly [string, string])[] = [...names, [`host ${hostname()}`, "host HOST"]];
  const named = all.reduce((at, [from, to]) => at.replaceAll(from, to), text);
  return PATTERNS.reduce((at, [pattern, to]) => at.replace(pattern, to), named);
}
