import { beforeAll, describe, expect, test } from "vitest";
import { isRingfenceError } from "../base/error.ts";
import { signSecrets, verifySignature, writeSecrets } from "./index.ts";
import { alice, file, lines, open, people, record, request, signer } from "./sample.ts";
import { refusal } from "./test-support.ts";

const text = await writeSecrets(request());

describe("tampering is refused", () => {
  const leaf = (name: string): string =>
    lines(text)
      .get(name)!
      .slice(name.length + 2);
  const flip = (pattern: RegExp): string =>
    text.replace(pattern, (match) => match.slice(0, -1) + (match.endsWith("A") ? "B" : "A"));
  const region = (name: string, part: string): RegExp => new RegExp(`^${name}: ENC.*${part}:[^,\\]]{5}`, "m");

  test.each<[string, () => string, string]>([
    [
      "values exchanged",
      () => {
        const [one, two] = [leaf("API_KEY"), leaf("DATABASE_PASSWORD")];
        return text.replace(one, "*").replace(two, one).replace("*", two);
      },
      "SECRETS_MAC_MISMATCH",
    ],
    ["a value renamed", () => text.replace("API_KEY:", "API_KEZ:"), "SECRETS_MAC_MISMATCH"],
    [
      "a value under one more name",
      () => text.replace('EMPTY: ""', `EMPTY: ${leaf("API_KEY")}`),
      "SECRETS_MAC_MISMATCH",
    ],
    ["a value emptied", () => text.replace(leaf("API_KEY"), '""'), "SECRETS_MAC_MISMATCH"],
    [
      "a list around a value",
      () => text.replace(leaf("API_KEY"), `["${leaf("API_KEY")}"]`),
      "SECRETS_MALFORMED",
    ],
    ["a list around an empty value", () => text.replace('EMPTY: ""', 'EMPTY: [""]'), "SECRETS_MALFORMED"],
    ["a value removed", () => text.replace(/^API_KEY.*\n/m, ""), "SECRETS_MAC_MISMATCH"],
    ["a value in plain text", () => text.replace(leaf("API_KEY"), "mine"), "SECRETS_MALFORMED"],
    [
      "a plain value added",
      () => text.replace("sops:", "A_unencrypted: mine\nsops:"),
      "SECRETS_MAC_MISMATCH",
    ],
    [
      "values in another order",
      () => {
        const [one, two] = [lines(text).get("API_KEY")!, lines(text).get("DATABASE_PASSWORD")!];
        return text.replace(one, "*").replace(two, one).replace("*", two);
      },
      "SECRETS_MAC_MISMATCH",
    ],
    ["the binding removed", () => text.replace(/^RINGFENCE_BINDING.*\n/m, ""), "SECRETS_MAC_MISMATCH"],
    ["the MAC removed", () => text.replace(/^ {4}mac:.*\n/m, ""), "SECRETS_MAC_MISSING"],
    ["the MAC emptied", () => text.replace(/^ {4}mac:.*$/m, '    mac: ""'), "SECRETS_MAC_MISSING"],
    ["the MAC altered", () => flip(/^ {4}mac: ENC.*data:.{5}/m), "SECRETS_MAC_MISMATCH"],
    [
      "a value in place of the MAC",
      () => text.replace(/mac:.*/, `mac: ${leaf("API_KEY")}`),
      "SECRETS_MAC_MISMATCH",
    ],
    ["the time altered", () => text.replace("T12:00:00Z", "T12:00:01Z"), "SECRETS_MAC_MISMATCH"],
    [
      "all leaves left plain",
      () => text.replace("unencrypted_suffix: _unencrypted", "encrypted_suffix: _none"),
      "SECRETS_MAC_MISMATCH",
    ],
    ["cut after the values", () => text.slice(0, text.indexOf("sops:")), "SECRETS_MALFORMED"],
    ["cut in the data key", () => text.slice(0, text.indexOf("-----BEGIN") + 120), "SECRETS_MALFORMED"],
    ["cut before the MAC", () => text.slice(0, text.indexOf("    mac:")), "SECRETS_MALFORMED"],
    ["a bit of the data", () => flip(region("API_KEY", "data")), "SECRETS_MAC_MISMATCH"],
    ["a bit of the nonce", () => flip(region("API_KEY", "iv")), "SECRETS_MAC_MISMATCH"],
    ["a bit of the tag", () => flip(region("API_KEY", "tag")), "SECRETS_MAC_MISMATCH"],
    ["the type", () => text.replace(/^(API_KEY.*type:)str/m, "$1int"), "SECRETS_MALFORMED"],
    ["a stanza altered", () => text.replace(/(BEGIN.*\n *YWdl.{50})./, "$1*"), "SECRETS_MALFORMED"],
    [
      "the data key of another file",
      () => text.replace(/-----BEGIN[\s\S]*END AGE[^\n]*/, foreignKey),
      "SECRETS_MAC_MISMATCH",
    ],
  ])("%s", (_, tamper, code) => {
    const tampered = tamper();
    expect(tampered).not.toBe(text);
    const error = refusal(() => open(tampered));
    expect(error).toMatchObject({ code, exit: 12 });
    expect(error.where).toMatch(/^secrets\/production\.yaml:\d+:\d+$/);
    expect(error.fix).toBeTruthy();
  });

  let foreignKey: string;
  let foreign: string;
  beforeAll(async () => {
    foreign = await writeSecrets(request());
    foreignKey = foreign.match(/-----BEGIN[\s\S]*END AGE[^\n]*/)![0];
  });

  test("a value moved between files", () => {
    const moved = text.replace(leaf("API_KEY"), lines(foreign).get("API_KEY")!.slice("API_KEY: ".length));
    expect(refusal(() => open(moved)).code).toBe("SECRETS_MAC_MISMATCH");
  });

  test("whichever byte is changed, a file is refused or means the same", async () => {
    const full = await writeSecrets(request({ values: { API_KEY: "key-1-of-the-api", B: "b" } }));
    const before = JSON.stringify(record(open(full)));
    const signed = signSecrets(full, "alice", signer(alice));
    const body = signed.length - full.length;
    for (let at = 0; at < full.length; at++) {
      const changed = full.slice(0, at) + String.fromCharCode(full.charCodeAt(at) ^ 1) + full.slice(at + 1);
      try {
        expect(JSON.stringify(record(open(changed))), `byte ${at}`).toBe(before);
      } catch (error) {
        if (!isRingfenceError(error)) throw error;
        expect(error.exit).toBe(12);
      }
      if (at % 7 === 0)
        expect(() => verifySignature(signed.slice(0, body) + changed, people, { file })).toThrow();
    }
  });
});
