import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";

const SECRET = "k9Zq-m4Tx/w7";
const modules = ["../../base/redact.ts", "./report.ts"].map((path) => new URL(path, import.meta.url).href);

test.each([
  ["what is said", "say(`warning: ${secret} is odd`)"],
  ["a bug", "reportError(new Error(secret))"],
])("%s shows no known secret", (_, call) => {
  const program = `
    const [{ rememberSecret }, { say, reportError }] = await Promise.all(${JSON.stringify(modules)}.map((path) => import(path)));
    const secret = ${JSON.stringify(SECRET)};
    rememberSecret(secret);
    ${call};`;
  const { stderr } = spawnSync(process.execPath, ["--input-type=module", "-e", program], {
    encoding: "utf8",
  });
  expect(stderr).toContain("[secret]");
  expect(stderr).not.toContain(SECRET);
});
