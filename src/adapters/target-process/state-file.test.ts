import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createFolders, layoutOf } from "./folders.ts";
import { EMPTY_STATE } from "./state.ts";
import { readState, StateFile } from "./state-file.ts";

let root = "";
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "ringfence-state-"));
});
afterEach(() => rmSync(root, { recursive: true }));

const next = { ...EMPTY_STATE, fence: { token: 3, holder: "a" } };

test("a state is read as it was written; without one nothing was claimed", () => {
  const layout = layoutOf(join(root, "environment"));
  expect(readState(layout)).toBeUndefined();
  createFolders(layout);
  expect(readState(layout)).toBeUndefined();
  new StateFile(layout).write(next);
  expect(readState(layout)).toEqual(next);
  expect(new StateFile(layout).read()).toEqual(next);
});

test("a folder that was removed does not come back", () => {
  const layout = layoutOf(join(root, "environment"));
  createFolders(layout);
  const file = new StateFile(layout);
  rmSync(layout.folder, { recursive: true });
  file.write(next);
  expect([file.stands(), readdirSync(root)]).toEqual([false, []]);
});

test("what can't be written is refused, and the old state stays the kept one", () => {
  const layout = layoutOf(join(root, "environment"));
  createFolders(layout);
  const file = new StateFile(layout);
  // A folder where the file belongs: no rename can replace it.
  mkdirSync(layout.state);
  writeFileSync(join(layout.state, "x"), "");
  expect(() => file.write(next)).toThrow(expect.objectContaining({ code: "TARGET_FOLDER_UNUSABLE" }));
  expect(file.read()).toEqual(EMPTY_STATE);
});
