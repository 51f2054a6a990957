/** Sides for the tests of comparisons, from the scenes of resolution. Only tests import this. */
import { createHash } from "node:crypto";
import type { Design } from "../model/rule.ts";
import type { Fingerprint, Side } from "./comparable.ts";
import { resolved, type Scene } from "./test-scene.ts";

/** No key: these tests keep nothing secret. */
export const prints: Fingerprint = (key, text) =>
  createHash("sha256").update(`${key}\0${text}`).digest("hex");

/** One environment's side. @param lines of its own dotenv layer */
export function side(environment: string, lines: string, scene: Omit<Scene, "environment"> = {}): Side {
  const files = { ...scene.files, [`env/${environment}.env`]: lines };
  return { name: environment, resolution: resolved({ ...scene, environment, files }) };
}

export function rules(...patterns: readonly string[]): readonly Design[] {
  const place = { file: "ringfence.yaml", line: 1, column: 1 };
  return patterns.map((pattern) => ({ pattern, reason: `${pattern} may differ`, place }));
}
