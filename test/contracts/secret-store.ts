/**
 * What every adapter of the port for secrets that others keep owes, as a suite. An adapter joins by saying how a store
 * is opened, how a secret gets into it behind the adapter's back, and what this kind of store can't do.
 */
import { afterEach, describe, expect, test } from "vitest";
import { askingCases, failureCases, leaseCases, readingCases } from "./secret-store-reading.ts";
import { never, type SecretStoreFacts, type SecretStoreUnderTest } from "./secret-store-subject.ts";
import { stagingCases, writingCases } from "./secret-store-writing.ts";

/** Registers the suite. */
export function secretStoreContract(
  kind: string,
  start: () => Promise<SecretStoreUnderTest>,
  facts: SecretStoreFacts,
): void {
  describe(`secret store contract: ${kind}`, () => {
    const running: SecretStoreUnderTest[] = [];
    const open = async () => {
      const under = await start();
      running.push(under);
      return under;
    };
    afterEach(async () => {
      for (const under of running.splice(0)) await under.dispose();
    });

    describe("reading", () => readingCases(open, facts));
    if (facts.inHand) describe("asking", () => askingCases(open, facts));
    if (facts.inHand) describe("failing", () => failureCases(open, facts));
    if (facts.leases !== "none") describe("leases", () => leaseCases(open, facts));
    if (facts.writing === "none") return;
    describe("writing", () => writingCases(open, facts));
    if (facts.writing === "staged") describe("staging", () => stagingCases(open, facts));
    else
      test("says that nothing can be staged in it", async () => {
        const under = await open();
        const staged = under.store.writer!.stage(under.at("one"), facts.text("x"), "token", never);
        expect(await staged).toMatchObject({ kind: "invalid" });
      });
  });
}
