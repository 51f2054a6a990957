/** What a synchronisation does with one setting, as tables. */
import { describe, expect, test } from "vitest";
import { readManifest } from "../model/manifest.ts";
import { environmentOf, layersFor } from "../model/project.ts";
import { planSync, resolve, type SyncChoice, type SyncedPair, type SyncSide } from "./index.ts";

interface Case {
  readonly settings?: string;
  readonly from: string;
  readonly to: string;
  readonly shared?: string;
  readonly secrets?: { readonly from?: readonly string[]; readonly to?: readonly string[] };
  readonly base?: Readonly<Record<string, SyncedPair>>;
  readonly decide?: SyncChoice;
  readonly take?: SyncChoice;
}

/** The rows of a synchronisation from `a` to `b`, whose own layers are dotenv and YAML. */
function rows(scene: Case) {
  const text = `project: shop
environments: { a: { kind: staging }, b: { kind: staging } }
layers: [base.yaml?, "{env}.env?"]
byDesign: { "PIN_*": they differ }
${scene.settings ? `settings: ${scene.settings}` : ""}
`;
  const { project, findings } = readManifest(text, { root: "/p", file: "ringfence.yaml" });
  expect(findings).toEqual([]);
  const files: Readonly<Record<string, string | undefined>> = {
    "base.yaml": scene.shared,
    "a.env": scene.from,
    "b.env": scene.to,
  };
  const side = (name: "a" | "b", secretNames: readonly string[] = []): SyncSide => {
    const environment = environmentOf(project!, name)!;
    const layers = layersFor(project!, environment).map((layer) => ({ ...layer, text: files[layer.path] }));
    const place = { file: `secrets/${name}.yaml`, line: 1, column: 1 };
    const secrets = secretNames.map((secret) => ({ name: secret, value: "x", place }));
    const resolution = resolve({
      project: project!,
      environment,
      layers,
      secrets,
      process: {},
      rules: undefined,
      references: undefined,
    });
    return { environment, resolution, layers, secrets: new Set(secretNames) };
  };
  return planSync({
    project: project!,
    from: side("a", scene.secrets?.from),
    to: side("b", scene.secrets?.to),
    base: scene.base ?? {},
    byDesign: project!.byDesign,
    looksSecret: (_name, text) => text.startsWith("credential"),
    decide: () => scene.decide,
    take: scene.take,
  });
}

const fates = (scene: Case) => Object.fromEntries(rows(scene).map(({ name, fate }) => [name, fate]));
const A = "$" + "{A}";

describe("policies", () => {
  test.each<[string, Case, Record<string, string>]>([
    ["what differs flows", { from: "X=1", to: "X=2" }, { X: "write" }],
    ["what is missing comes along", { from: "X=1", to: "" }, { X: "write" }],
    ["what only the target has stays", { from: "", to: "X=2" }, {}],
    ["what is the same stays", { from: "X=1", to: "X='1' # one" }, { X: "same" }],
    ["15m is 900s", { settings: "{ X: { type: duration } }", from: "X=15m", to: "X=900s" }, { X: "same" }],
    ["a shared value flows over an own one", { shared: "x: 1", from: "", to: "X=2" }, { X: "write" }],
    ["a shared value is the same", { shared: "x: 1", from: "", to: "" }, { X: "same" }],
    ["a default flows nowhere", { settings: "{ X: { default: a } }", from: "", to: "X=b" }, { X: "same" }],
    ["by design", { from: "PIN_X=1", to: "PIN_X=2" }, { PIN_X: "pinned" }],
    ["declared pinned", { settings: "{ X: { sync: pinned } }", from: "X=1", to: "X=2" }, { X: "pinned" }],
    [
      "declared to flow, though it differs by design",
      { settings: "{ PIN_X: { sync: flow } }", from: "PIN_X=1", to: "PIN_X=2" },
      { PIN_X: "write" },
    ],
    [
      "a declared secret",
      { settings: "{ X: { secret: true } }", from: "X=1", to: "X=2" },
      { X: "sensitive" },
    ],
    ["a name in the source's secrets", { from: "", to: "X=2", secrets: { from: ["X"] } }, { X: "sensitive" }],
    ["a name in the target's secrets", { from: "X=1", to: "", secrets: { to: ["X"] } }, { X: "sensitive" }],
    ["what looks like a credential", { from: "X=credential-1", to: "X=2" }, { X: "sensitive" }],
    ["a credential of the target", { from: "X=1", to: "X=credential-2" }, { X: "sensitive" }],
    [
      "a credential that is declared to flow",
      { settings: "{ X: { sync: flow } }", from: "X=credential-1", to: "" },
      { X: "write" },
    ],
    [
      "a reference to a credential",
      { from: `A=credential-1\nX=${A}`, to: "A=3" },
      { A: "sensitive", X: "write" },
    ],
    [
      "a framework's environment",
      { from: "NODE_ENV=a\nRAILS_ENV=a", to: "NODE_ENV=b" },
      { NODE_ENV: "pinned", RAILS_ENV: "pinned" },
    ],
    [
      "a framework's environment that is declared to flow",
      { settings: "{ NODE_ENV: { sync: flow } }", from: "NODE_ENV=a", to: "" },
      { NODE_ENV: "write" },
    ],
    ["a reference that comes along", { from: `A=1\nX=${A}`, to: "" }, { A: "write", X: "write" }],
    [
      "a reference to what stays away",
      { settings: "{ A: { sync: pinned }, X: {} }", from: `A=1\nX=${A}`, to: "" },
      { A: "pinned", X: "kept" },
    ],
    [
      "equal values, but one is a reference",
      { from: `A=1\nX=${A}`, to: "A=1\nX=1" },
      { A: "same", X: "write" },
    ],
  ])("%s", (_what, scene, expected) => {
    expect(fates(scene)).toEqual(expected);
  });

  test("what the target has to be given is told", () => {
    const scene = { from: "PIN_X=1", to: "", secrets: { from: ["S"] } };
    expect(rows(scene).map(({ name, why }) => [name, why !== null])).toEqual([
      ["PIN_X", true],
      ["S", true],
    ]);
    expect(
      rows({ ...scene, to: "PIN_X=2", secrets: { from: ["S"], to: ["S"] } }).map(({ why }) => why),
    ).toEqual([null, null]);
  });
});

describe("three ways", () => {
  /** What a synchronisation left where both said 1, and where the target kept its 2. */
  const synced = rows({ from: "X=1", to: "X=1" })[0]!.base!;
  const decided = rows({ from: "X=1", to: "X=2", decide: "to" })[0]!.base!;
  test.each<[string, SyncedPair | undefined, string, string, Partial<Case>, string]>([
    ["never synchronised", undefined, "3", "2", {}, "write"],
    ["changed in the source", synced, "3", "1", {}, "write"],
    ["changed in the target", synced, "1", "2", {}, "conflict"],
    ["changed in both", synced, "3", "2", {}, "conflict"],
    ["changed in both to the same", synced, "3", "3", {}, "same"],
    ["taken away in the target", synced, "1", "", {}, "conflict"],
    ["a conflict, taken from the source", synced, "3", "2", { take: "from" }, "write"],
    ["a conflict, kept", synced, "3", "2", { take: "to" }, "kept"],
    ["no conflict is not touched by --take to", synced, "3", "1", { take: "to" }, "write"],
    ["the name itself decides first", synced, "3", "2", { take: "to", decide: "from" }, "write"],
    ["kept by name without a conflict", undefined, "3", "2", { decide: "to" }, "kept"],
    ["kept once, nothing changed since", decided, "1", "2", {}, "kept"],
    ["kept once, changed in the source", decided, "3", "2", {}, "conflict"],
    ["kept once, changed in the target", decided, "1", "4", {}, "conflict"],
    ["the target did not set it then", { ...synced, to: null }, "3", "2", {}, "conflict"],
    ["the source did not set it then", { ...synced, from: null }, "3", "1", {}, "write"],
    ["kept once, now equal", decided, "2", "2", {}, "same"],
  ])("%s", (_what, base, from, to, more, fate) => {
    const scene = {
      from: `X=${from}`,
      to: to === "" ? "" : `X=${to}`,
      ...(base && { base: { X: base } }),
      ...more,
    };
    expect(fates(scene)).toEqual({ X: fate });
  });
});
