/** What a release brings to its promotion by its own manifest: rules, and settings by phase. */
import { afterAll, beforeAll, expect, test } from "vitest";
import type { OperationRecord } from "../../src/model/operation.ts";
import { openScene, type Scene } from "./scene.ts";

let scene: Scene;
beforeAll(async () => {
  scene = await openScene();
  await scene.release("1.0.0");
});
afterAll(() => scene.shutdownAll());

const settingsGate = (answer: unknown) =>
  (answer as OperationRecord).gates.find(({ name }) => name === "settings");

/** Releases with a manifest of its own; the work tree's is then what it was. */
async function releaseWith(version: string, change: (manifest: string) => string): Promise<void> {
  const before = scene.read("ringfence.yaml");
  scene.write("ringfence.yaml", change(before));
  const source = scene.read("src/web.ts");
  scene.write("src/web.ts", source.replace("process.env.GREETING", "Object.keys(process.env)"));
  scene.commit(version);
  await scene.must(["release", "create", version]);
  scene.write("ringfence.yaml", before);
  scene.write("src/web.ts", source);
  scene.commit("as before");
}

test("its rules count, also where the manifest of now has none", async () => {
  await releaseWith("1.0.2", (text) => `${text}rules: [{ require: LIMIT > 10 }]\n`);
  const { answer, error } = await scene.command(["promote", "1.0.2", "--to", "development"]);
  expect(error?.code).toBe("OPERATION_REFUSED");
  expect(settingsGate(answer)).toMatchObject({ state: "shut" });
  expect(settingsGate(answer)?.why).toContain("LIMIT > 10");
});

test("what only a build needs shuts no gate, and no service gets it", async () => {
  const settings = `  BUILD_KEY: { secret: true, required: true, phase: build }
  BUILD_NUMBER: { type: integer, default: 7, phase: build }
  AT_RUN: { default: yes, phase: run }
`;
  await releaseWith("1.0.3", (text) => text.replace("services:", `${settings}services:`));
  await scene.must(["promote", "1.0.3", "--to", "development"]);
  const answer = await fetch(`http://127.0.0.1:${scene.ports.development}/`);
  const { greeting } = (await answer.json()) as { greeting: string[] };
  expect(greeting).toEqual(expect.arrayContaining(["GREETING", "AT_RUN", "LIMIT"]));
  expect(greeting.filter((name) => name.startsWith("BUILD_"))).toEqual([]);
});

test("what another store keeps is asked for when it is promoted, and the release has the reference alone", async () => {
  const settings = `  STORED: { secret: true, required: true }\n`;
  scene.write("config/development.env", `${scene.read("config/development.env")}STORED=file:stored\n`);
  await releaseWith("1.0.4", (text) => text.replace("services:", `${settings}services:`));
  const refused = await scene.command(["promote", "1.0.4", "--to", "development"]);
  expect(settingsGate(refused.answer)).toMatchObject({ state: "shut" });
  expect(settingsGate(refused.answer)?.why).toContain("file:stored");
  scene.write("stored", "value-of-the-store\n");
  await scene.must(["promote", "1.0.4", "--to", "development"]);
  const answer = await fetch(`http://127.0.0.1:${scene.ports.development}/`);
  const { greeting } = (await answer.json()) as { greeting: string[] };
  expect(greeting).toContain("STORED");
  const release = JSON.stringify(await scene.must(["release", "show", "1.0.4"]));
  expect(release).not.toContain("value-of-the-store");
});
