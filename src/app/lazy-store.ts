/** A store that is opened at its first use, and made only by a write: reading what is not there finds nothing. */
import type { Store } from "../ports/store/store.ts";

export interface StoreOpeners {
  isThere(): boolean;
  /** Opens it; makes it where it is not there yet. */
  open(): Promise<Store>;
  /** One without content, to read from in the place of one that is not there. */
  empty(): Promise<Store>;
}

export function lazyStore({ isThere, open, empty }: StoreOpeners): Store {
  let opening: Promise<Store> | undefined;
  let used: Store | undefined;
  const real = async () => {
    opening ??= open();
    used = await opening;
    return used;
  };
  return {
    get id() {
      if (!used) throw new Error("the store was not used yet");
      return used.id;
    },
    async read(work) {
      if (opening || isThere()) return (await real()).read(work);
      used = await empty();
      return used.read(work);
    },
    transaction: async (work) => (await real()).transaction(work),
    close: async () => (await opening)?.close(),
  };
}
