/** What every key service promises, whatever keeps the keys. An adapter joins by giving a room with keys of its own. */
import { randomBytes } from "node:crypto";
import { describe, expect, test } from "vitest";
import type { KeyName, KeyService } from "../../src/ports/key-service.ts";

export interface KeyRoom {
  readonly service: KeyService;
  /** A key that the caller may use. */
  readonly key: KeyName;
  /** Another one. */
  readonly other: KeyName;
  /** One that does not exist. */
  readonly absent: KeyName;
}

export function keyServiceContract(name: string, openRoom: () => Promise<KeyRoom>): void {
  describe(`${name}: the contract of key services`, async () => {
    const { service, key, other, absent } = await openRoom();
    const { signal } = new AbortController();
    const dataKey = randomBytes(32);

    async function wrapped(by: KeyName): Promise<string> {
      const answer = await service.wrap(dataKey, by, signal);
      if (answer.kind === "wrapped") return answer.wrapped;
      return expect.fail(`${answer.kind}: ${answer.why}`);
    }

    test("opens what it wrapped, and shows nothing of it", async () => {
      const text = await wrapped(key);
      expect(Buffer.from(text, "base64").includes(dataKey)).toBe(false);
      expect(await service.unwrap({ ...key, wrapped: text }, signal)).toEqual({
        kind: "opened",
        dataKey: new Uint8Array(dataKey),
      });
    });

    test("opens only under the same context", async () => {
      const context = { Environment: "production" };
      const text = await wrapped({ ...key, context });
      expect((await service.unwrap({ ...key, context, wrapped: text }, signal)).kind).toBe("opened");
      for (const wrong of [{}, { Environment: "staging" }, { ...context, App: "shop" }])
        expect((await service.unwrap({ ...key, context: wrong, wrapped: text }, signal)).kind).toBe(
          "invalid",
        );
    });

    test("opens nothing under another key, changed, or cut", async () => {
      const text = await wrapped(key);
      const changed = Buffer.from(text, "base64");
      changed[changed.length - 1] = changed[changed.length - 1]! ^ 1;
      // Some say that the caller may not, others that the text is none of this key's.
      expect((await service.unwrap({ ...other, wrapped: text }, signal)).kind).toMatch(/^(invalid|denied)$/);
      for (const bytes of [changed, changed.subarray(0, -1), Buffer.from("words")])
        expect((await service.unwrap({ ...key, wrapped: bytes.toString("base64") }, signal)).kind).toBe(
          "invalid",
        );
    });

    test("says that a key is none of its own", async () => {
      expect((await service.wrap(dataKey, absent, signal)).kind).toBe("invalid");
      expect((await service.wrap(dataKey, { ...key, name: "words" }, signal)).kind).toBe("invalid");
    });

    test("gives up when it is told to", async () => {
      expect(await service.wrap(dataKey, key, AbortSignal.abort())).toMatchObject({ kind: "unreachable" });
    });
  });
}
