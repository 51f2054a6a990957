/** Order and circles of a graph of names. */

/** More circles than these are not listed: with them in hand the rest is easier found after mending. */
const MOST_CYCLES = 20;

export interface GraphOrder {
  /** Every name after all that it points to, as far as there is no circle; otherwise in the order given. */
  readonly order: readonly string[];
  /** Each circle from a name back to itself: `[A, B, A]`. */
  readonly cycles: readonly (readonly string[])[];
}

/**
 * Depth-first order with an explicit stack, so that a chain of any length is no problem. Linear in names and edges.
 *
 * @param edges what a name points to; names that are not among `names` are passed over
 */
export function orderGraph(names: Iterable<string>, edges: (name: string) => Iterable<string>): GraphOrder {
  const all = new Set(names);
  const done = new Set<string>();
  const order: string[] = [];
  const cycles: string[][] = [];
  for (const start of all) {
    if (done.has(start)) continue;
    const path = new Map<string, Iterator<string>>([[start, edges(start)[Symbol.iterator]()]]);
    const stack = [start];
    while (stack.length > 0) {
      const name = stack.at(-1)!;
      const next = path.get(name)!.next();
      if (next.done) {
        done.add(name);
        order.push(name);
        path.delete(name);
        stack.pop();
      } else if (path.has(next.value)) {
        if (cycles.length < MOST_CYCLES) cycles.push([...stack.slice(stack.indexOf(next.value)), next.value]);
      } else if (all.has(next.value) && !done.has(next.value)) {
        path.set(next.value, edges(next.value)[Symbol.iterator]());
        stack.push(next.value);
      }
    }
  }
  return { order, cycles };
}
