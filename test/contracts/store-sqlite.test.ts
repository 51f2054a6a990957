import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openSqliteStore } from "../../src/adapters/store-sqlite/index.ts";
import type { Store } from "../../src/ports/store/store.ts";
import { storeContract } from "./store.ts";

storeContract("the SQLite store", async () => {
  const folder = mkdtempSync(join(tmpdir(), "ringfence-store-"));
  const path = join(folder, "store.db");
  const opened: Store[] = [];
  const open = async () => {
    const store = await openSqliteStore({ path });
    opened.push(store);
    return store;
  };
  return {
    store: await open(),
    reopen: open,
    close: async () => {
      for (const store of opened) await store.close();
      rmSync(folder, { recursive: true });
    },
  };
});
