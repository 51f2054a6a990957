/** Texts for the tests of this room. Tokens are put together here, so that a scan of this file finds none. */
import type { LeakRules } from "../ports/leak-rules.ts";
import type { KnownValue, Leak } from "./leak.ts";
import { scanText } from "./text-scan.ts";
import type { WindowSizes } from "./text-windows.ts";
import { createValueSearch } from "./value-search.ts";

/** Rules of others that find nothing. */
const NO_RULES: LeakRules = { matches: async () => [] };

export function known(text: string, facts: Partial<KnownValue> = {}): KnownValue {
  return { name: "PASSWORD", environment: "production", text, former: false, ...facts };
}

export async function* inPieces(data: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < data.length; at += size) yield data.subarray(at, at + size);
}

interface ScanFacts {
  readonly values?: readonly KnownValue[];
  readonly rules?: LeakRules;
  readonly sizes?: WindowSizes;
  /** Bytes of a chunk. */
  readonly piece?: number;
  readonly path?: string;
}

export function leaksIn(text: string | Buffer, facts: ScanFacts = {}): Promise<Leak[]> {
  const { values = [], rules = NO_RULES, sizes, piece = 1 << 20, path = "file.txt" } = facts;
  const scan = { values: createValueSearch(values), rules, ...(sizes && { sizes }) };
  return scanText(inPieces(Buffer.from(text), piece), path, scan);
}

/** A made-up token of each format of ours. */
export const TOKENS: Readonly<Record<string, string>> = {
  "aws-access-key": ["AKIA", "Q3EGVLK7XW2NPD5R"].join(""),
  "aws-temporary-key": ["ASIA", "Q3EGVLK7XW2NPD5R"].join(""),
  "github-token": ["ghp_", "Ab3dEf6hIj9kLm2nOp5qRs8tUv1wXy4zAb3d"].join(""),
  "gitlab-token": ["glpat-", "x9Kd83jfLs02mXz71QpA"].join(""),
  "slack-token": ["xoxb", "2048163264-4096128256-aZ3kf9Qm2Lx7"].join("-"),
  "stripe-live-key": ["sk_live_", "4eC39HqLyjWDarjtT1zdp7dc"].join(""),
  "google-api-key": ["AIza", "SyD4k9Lm2Qx7Rt5Vb8Nc1Zf3Hj6Wp0EsGuY"].join(""),
  "sendgrid-key": ["SG.", "aZ3kf9Qm2Lx7Rt5Vb8Nc1Z", ".", "f3Hj6Wp0EsGuYaZ3kf9Qm2Lx7Rt5Vb8Nc1Zf3Hj6Wp0"].join(
    "",
  ),
  "npm-token": ["npm_", "Ab3dEf6hIj9kLm2nOp5qRs8tUv1wXy4zAb3d"].join(""),
  "age-identity": ["AGE-SECRET-KEY-1", "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7LQPZRY9X8GF2TVDW0S3JN54KHC"].join(""),
  "json-web-token": ["eyJhbGciOiJIUzI1NiJ9", "eyJzdWIiOiI0NzExIn0", "c2lnbmF0dXJlLW9mLWl0"].join("."),
};
