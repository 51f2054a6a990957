import assert from "node:assert";
import { spawnSync } from "node:child_process";
import { Console } from "node:console";
import { PassThrough } from "node:stream";
import { format, inspect } from "node:util";
import { deserialize, serialize } from "node:v8";
import { describe, expect, test } from "vitest";
import { loadSettings, Secret } from "./index.ts";

const VALUE = "hush-hush-value";
const settings = loadSettings({ TOKEN: { type: "string", secret: true } }, { TOKEN: VALUE });
const { TOKEN } = settings;

function printed(print: (console: Console) => void): string {
  const stream = new PassThrough();
  print(new Console(stream));
  return String(stream.read());
}

function messageOf(work: () => void): string {
  try {
    work();
  } catch (error) {
    return `${inspect(error)}\n${(error as Error).stack}`;
  }
  throw new Error("nothing was thrown");
}

describe("a secret shows its name and never its value", () => {
  test.each<[string, () => string]>([
    ["template", () => `${TOKEN}`],
    ["concatenation", () => ["token "].reduce((text, part) => part + text, TOKEN as unknown as string)],
    ["String", () => String(TOKEN)],
    ["join", () => [TOKEN].join()],
    ["toLocaleString", () => [TOKEN].toLocaleString()],
    ["JSON", () => JSON.stringify({ TOKEN })],
    ["JSON in an error's message", () => new Error(`failed with ${JSON.stringify(settings)}`).message],
    ["console.log", () => printed((to) => to.log(TOKEN))],
    ["console.log, in a list", () => printed((to) => to.log([[[[TOKEN]]]].flat(3)))],
    ["console.error, text and object", () => printed((to) => to.log("connecting", { TOKEN }))],
    ["console.dir, which asks no object how it looks", () => printed((to) => to.dir(TOKEN))],
    ["console.table", () => printed((to) => to.table([{ TOKEN }]))],
    ["inspect", () => inspect(TOKEN)],
    ["inspect, everything", () => inspect(TOKEN, { showHidden: true, getters: true, showProxy: true })],
    ["inspect, nested", () => inspect({ a: { b: { c: [TOKEN] } } }, { depth: null })],
    ["inspect, no custom function", () => inspect(TOKEN, { customInspect: false, showHidden: true })],
    ["in a Map", () => inspect(new Map([[TOKEN, TOKEN]]))],
    ["in a Set", () => inspect(new Set([TOKEN]))],
    ["in a Proxy", () => inspect(new Proxy({ TOKEN }, {}), { showProxy: true })],
    ["as an error's cause", () => inspect(new Error("failed", { cause: TOKEN }))],
    ["as an error's property", () => inspect(Object.assign(new Error("failed"), { settings }))],
    ["as an error's message", () => inspect(new Error(TOKEN as unknown as string))],
    ["%s", () => format("%s", TOKEN)],
    ["%j", () => format("%j", TOKEN)],
    ["%o", () => format("%o", TOKEN)],
    ["%O", () => format("%O", TOKEN)],
    ["no placeholder", () => format("with", TOKEN)],
    ["entries of the settings", () => String(Object.entries(settings))],
    ["entries of the secret", () => String(Object.entries(TOKEN))],
    ["spread settings", () => inspect({ ...settings })],
    ["spread secret", () => inspect({ ...TOKEN })],
    ["structuredClone", () => inspect(structuredClone(settings), { showHidden: true })],
    ["v8 serialization", () => inspect(deserialize(serialize(settings)))],
    ["assert", () => messageOf(() => assert.deepStrictEqual({ TOKEN }, { TOKEN: "other" }))],
    ["assert, two secrets", () => messageOf(() => assert.deepStrictEqual(TOKEN, new Secret("OTHER", VALUE)))],
    ["assert.equal", () => messageOf(() => assert.equal(TOKEN, "other"))],
    ["thrown", () => messageOf(() => JSON.parse(TOKEN as unknown as string))],
  ])("%s", (_, show) => {
    expect(show()).toContain("[secret TOKEN]");
    expect(show()).not.toContain("hush");
  });

  test.each<[string, () => unknown]>([
    ["%d", () => format("%d %i %f", TOKEN, TOKEN, TOKEN)],
    ["number", () => Number(TOKEN)],
    ["own keys", () => Reflect.ownKeys(TOKEN)],
    ["own descriptors", () => inspect(Object.getOwnPropertyDescriptors(TOKEN), { showHidden: true })],
    ["prototype", () => inspect(Object.getPrototypeOf(TOKEN), { showHidden: true, customInspect: false })],
  ])("%s", (_, show) => {
    expect(String(show())).not.toContain("hush");
  });

  test("uncaught", () => {
    const module = JSON.stringify(new URL("./index.ts", import.meta.url).href);
    const run = (code: string) => {
      const words = ["--input-type=module", "-e", `import { Secret } from ${module}; ${code}`];
      return spawnSync(process.execPath, words, { encoding: "utf8" }).stderr;
    };
    const shown = run(`const s = new Secret("TOKEN", "hush" + "-hush"); throw s;`);
    expect(shown).toContain("[secret TOKEN]");
    expect(shown).not.toContain("hush-hush");
  });

  test("the value itself comes by open, and can't be exchanged", () => {
    expect(TOKEN.open()).toBe(VALUE);
    expect(Object.isFrozen(TOKEN)).toBe(true);
  });
});
