import { expect, test } from "vitest";
import { describeVectors, vectorFiles } from "../../test/vectors.ts";
import { EMPTY_ROOT, leafHash, verifyConsistency, verifyInclusion } from "./merkle.ts";

const hex = (base64: string) => Buffer.from(base64, "base64").toString("hex");

interface InclusionVector {
  readonly leafIdx: number;
  readonly treeSize: number;
  readonly root: string;
  readonly leafHash: string;
  readonly proof: string[] | null;
  readonly wantErr: boolean;
}

interface ConsistencyVector {
  readonly size1: number;
  readonly size2: number;
  readonly root1: string;
  readonly root2: string;
  readonly proof: string[] | null;
  readonly wantErr: boolean;
}

describeVectors("inclusion proofs against the vectors of RFC 9162", "merkle/inclusion", (path) => {
  const files = vectorFiles(path, ".json");
  test("there are vectors", () => expect(files.length).toBeGreaterThanOrEqual(98));

  test.each(files)("$path", ({ text }) => {
    const vector: InclusionVector = JSON.parse(text);
    const proof = { index: vector.leafIdx, size: vector.treeSize, path: (vector.proof ?? []).map(hex) };
    expect(verifyInclusion(proof, hex(vector.leafHash), hex(vector.root))).toBe(!vector.wantErr);
  });
});

describeVectors("consistency proofs against the vectors of RFC 9162", "merkle/consistency", (path) => {
  const files = vectorFiles(path, ".json");
  test("there are vectors", () => expect(files.length).toBeGreaterThanOrEqual(98));

  test.each(files)("$path", ({ text }) => {
    const vector: ConsistencyVector = JSON.parse(text);
    const proof = { size1: vector.size1, size2: vector.size2, path: (vector.proof ?? []).map(hex) };
    expect(verifyConsistency(proof, hex(vector.root1), hex(vector.root2))).toBe(!vector.wantErr);
  });
});

test("hashes of nothing are those of RFC 6962", () => {
  expect(EMPTY_ROOT).toBe("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  expect(leafHash("")).toBe("6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d");
});
