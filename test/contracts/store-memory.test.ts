import { createMemoryStore } from "../../src/adapters/store-memory/index.ts";
import { storeContract } from "./store.ts";

storeContract("the memory store", async () => {
  const store = createMemoryStore();
  return { store, reopen: async () => store, close: () => store.close() };
});
