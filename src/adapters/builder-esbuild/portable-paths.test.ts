import { expect, test } from "vitest";
import { portableName, renameInCode } from "./portable-paths.ts";

const origins = [{ folder: "/opt/tool", name: "ringfence" }];

test.each([
  ["src/api.ts", "src/api.ts"],
  ["../project/node_modules/a/index.js", "node_modules/a/index.js"],
  ["../../node_modules/.pnpm/a@1/node_modules/a/x.js", "node_modules/.pnpm/a@1/node_modules/a/x.js"],
  ["../../opt/tool/dist/settings.js", "ringfence/dist/settings.js"],
  ["(disabled):../node_modules/a/fs.js", "(disabled):node_modules/a/fs.js"],
  ["(disabled):src/fs.js", "(disabled):src/fs.js"],
  ["../shared/index.ts", undefined],
  ["../../opt/tool-2/index.ts", undefined],
])("%s is called %s", (input, name) => {
  expect(portableName(input, "/srv/checkout", origins)).toBe(name);
});

test("only the names that esbuild writes are replaced, line by line", () => {
  const names = new Map([["../n/a.js", "n/a.js"]]);
  const code = (name: string) =>
    [
      `// ${name}`,
      "var require_a = __commonJS({",
      `  "${name}"(exports, module) {`,
      `  async "${name}"() {`,
      'say("../n/a.js", "// ../n/a.js");',
      "// ../n/a.js is where it lies",
    ].join("\n");
  expect(renameInCode(code("../n/a.js"), names)).toBe(code("n/a.js"));
});
