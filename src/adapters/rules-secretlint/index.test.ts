import { describe, expect, test } from "vitest";
import { secretlintRules } from "./index.ts";

const rules = secretlintRules();
const found = async (text: string, path = "a.txt") =>
  (await rules.matches(text, path)).map(({ rule, from, to }) => [rule, text.slice(from, to)]);

/** Put together here, so that a scan of this file finds none. */
const URL_WITH_PASSWORD = ["postgres://shop:", "Zx9kfQm2Lx7", "@db.shop.test/shop"].join("");
const AWS = ["wJalrXUtnFEMIK7MDENG", "bPxRfiCYzq3Lx7Rt5Vb"].join("/");
const SLACK = ["xoxb", "2048163264", "4096128256", "aZ3kf9Qm2Lx7Rt5Vb8Nc1Zf3"].join("-");

describe("the rules find", () => {
  test.each([
    ["a connection string", `url: ${URL_WITH_PASSWORD}\n`, URL_WITH_PASSWORD],
    ["a key of AWS", `aws_secret_access_key = ${AWS}`, AWS.slice(0, 8)],
    ["a token of Slack", `token=${SLACK}`, SLACK],
  ])("%s", async (_what, text, part) => {
    const [match] = await found(text);
    expect(match?.[0]).toMatch(/^secretlint\/[a-z-]+\/\w+$/);
    expect(match?.[1]).toContain(part);
  });

  test("what a comment would switch off", async () => {
    expect(await found(`// secretlint-disable\n${URL_WITH_PASSWORD}`)).toHaveLength(1);
    expect(await found(`${URL_WITH_PASSWORD} // secretlint-disable-line`)).toHaveLength(1);
  });

  test("nothing in ordinary text, and open no file", async () => {
    expect(await found("const port = 5432;\n")).toEqual([]);
    expect(await found("{}", "/nowhere/key.p12")).toEqual([]);
    expect(await found("{}", "/nowhere/key.json")).toEqual([]);
  });
});

test("what a rule says repeats nothing of the text", async () => {
  for (const { what, rule } of await rules.matches(`url: ${URL_WITH_PASSWORD}`, "a.txt")) {
    expect(`${what} ${rule}`).not.toContain("Zx9kf");
  }
});
