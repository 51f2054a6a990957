/**
 * Two configurations of 10,000 settings held against each other: a tenth of them differ, a hundredth are secret.
 * And the matrix of four such environments, computed and drawn for a terminal.
 */

import { renderMatrix } from "../src/cli/render/matrix.ts";
import { diffSettings, matrixOf, parity, type Resolution, type Side } from "../src/config/index.ts";
import type { ResolvedSetting } from "../src/model/setting.ts";
import { fingerprint } from "../src/secrets/index.ts";
import { atMost, median, type Row } from "./row.ts";

const SETTINGS = 10_000;
const ROUNDS = 15;
const KEY = Buffer.alloc(32, 1);

function setting(index: number, seed: number): ResolvedSetting {
  const name = `SETTING_${index}`;
  const text = index % 10 === 0 ? `value-${index}-${seed}` : `value-${index}`;
  const place = { file: "config/base.yaml", line: index + 1, column: 1 };
  const history = [{ source: place.file, place, value: text, wins: true, removes: false, merged: false }];
  const secret = index % 100 === 0;
  return {
    name,
    value: text,
    text,
    secret,
    sealed: false,
    set: true,
    declaration: undefined,
    history,
    references: [],
  };
}

function side(seed: number): Side {
  const all = Array.from({ length: SETTINGS }, (_, index) => setting(index, seed));
  const settings: Resolution["settings"] = new Map(all.map((one) => [one.name, one]));
  return { name: `environment-${seed}`, resolution: { settings, findings: [] } };
}

/** The median of several rounds; the first ones, in which the code is compiled, weigh no more than others. */
function timed(work: () => unknown): number {
  return median(
    Array.from({ length: ROUNDS }, () => {
      const before = performance.now();
      work();
      return performance.now() - before;
    }),
  );
}

export async function rows(): Promise<readonly Row[]> {
  const sides = [side(1), side(2), side(3), side(4)] as const;
  const options = {
    byDesign: [{ pattern: "SETTING_1*", reason: "sizes differ", place: { file: "", line: 0, column: 0 } }],
    fingerprint: (name: string, text: string) => fingerprint(KEY, text, name),
    declared: [],
  };
  const matrix = matrixOf(sides, options);
  const view = {
    ...matrix,
    settings: SETTINGS,
    findings: {},
    problems: [],
    parity: parity(sides, matrix),
  };
  return [
    atMost(
      "diff of two, 10,000 settings each",
      "ms",
      timed(() => diffSettings(sides[0], sides[1], options)),
      50,
    ),
    atMost(
      "matrix of four, with parity",
      "ms",
      timed(() => parity(sides, matrixOf(sides, options))),
      500,
    ),
    atMost(
      "drawing that matrix",
      "ms",
      timed(() => renderMatrix(view, {})),
      500,
    ),
  ];
}
