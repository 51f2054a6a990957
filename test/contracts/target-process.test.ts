/** The process target joins the contract of the target port. */
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openProcessTarget } from "../../src/adapters/target-process/index.ts";
import { fence, targetContract } from "./target.ts";

targetContract("process", async () => {
  const root = mkdtempSync(join(tmpdir(), "ringfence-target-"));
  const keyFile = join(root, "identity");
  writeFileSync(keyFile, randomBytes(32).toString("hex"));
  const folder = join(root, "environment");
  const open = () => openProcessTarget({ environment: "preview", folder, keyFile, production: false });
  const dispose = async () => {
    await open().shutdown(fence(1_000_000, "the end of the test"));
    rmSync(root, { recursive: true });
  };
  return { target: open(), reopen: open, artifacts: join(root, "artifacts"), dispose };
});
