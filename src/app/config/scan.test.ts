/** Which comparisons `config scan` takes for questions about the environment. */
import { afterEach, expect, test } from "vitest";
import { openProjectScene, type ProjectScene } from "../project/scene.fixture.ts";

let scene: ProjectScene;
afterEach(() => scene.remove());

test("names of the project's environments and of the kinds that they have, and no other", async () => {
  scene = openProjectScene({
    "ringfence.yaml":
      "project: shop\nenvironments: { dev: { kind: development }, live: { kind: production } }\nlayers: [a.yaml?]\n",
    "a.ts": ["live", "dev", "production", "development", "staging", "test", "local", "preview"]
      .map((name) => `if (x === "${name}") y();\n`)
      .join(""),
  });
  const { answer } = await scene.run("config scan");
  const { findings } = answer as { findings: { where: string }[] };
  expect(findings.map(({ where }) => where)).toEqual(["a.ts:1:12", "a.ts:2:12", "a.ts:3:12", "a.ts:4:12"]);
});
