import { describe, expect, test } from "vitest";
import { createTurns } from "./turns.ts";

describe("turns", () => {
  test("work runs one at a time, in the order of asking, also after a failure", async () => {
    const turns = createTurns("the thing");
    const seen: string[] = [];
    const work = (name: string, fails = false) =>
      turns.take(async () => {
        seen.push(`${name} begins`);
        await Promise.resolve();
        seen.push(`${name} ends`);
        if (fails) throw new Error(name);
        return name;
      });
    const results = await Promise.allSettled([work("a"), work("b", true), work("c")]);
    expect(seen).toEqual(["a begins", "a ends", "b begins", "b ends", "c begins", "c ends"]);
    expect(results.map((result) => result.status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
  });

  test("asking from inside throws instead of waiting for ever; afterwards it is allowed again", async () => {
    const turns = createTurns("the thing");
    let later: (() => Promise<string>) | undefined;
    await turns.take(async () => {
      await expect(turns.take(async () => "inner")).rejects.toThrow("the thing was asked again");
      later = () => turns.take(async () => "later");
    });
    expect(await later?.()).toBe("later");
  });
});
