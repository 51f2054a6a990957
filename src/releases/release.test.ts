import { describe, expect, test } from "vitest";
import { digestOfBytes } from "../base/digest.ts";
import type { Artifact, ConfigRevision, Release } from "../model/release.ts";
import { PHASES } from "../model/setting.ts";
import { compareReleases, composeRelease, type ReleaseParts, verifyRelease } from "./index.ts";

const setting = (name: string, more: object = {}): ReleaseParts["schema"][number] => ({
  name,
  type: "string",
  secret: false,
  required: false,
  phases: PHASES,
  merge: "replace",
  sync: undefined,
  policy: undefined,
  overrides: [],
  replacedBy: undefined,
  default: undefined,
  values: undefined,
  pattern: undefined,
  min: undefined,
  max: undefined,
  allow: undefined,
  deprecated: undefined,
  doc: undefined,
  ...more,
});

const artifact = (service: string, content: string): Artifact => ({
  service,
  digest: digestOfBytes(content),
  files: [`${service}.mjs`, `${service}.mjs.map`].map((path) => ({
    path,
    digest: digestOfBytes(path + content),
    bytes: content.length,
  })),
  start: ["node", `${service}.mjs`],
});

const revision = (
  environment: string,
  settings: Record<string, string>,
  secrets: string[],
): ConfigRevision => ({
  environment,
  revision: digestOfBytes(JSON.stringify([settings, secrets])),
  layers: [
    { path: "config/base.yaml", text: "A: 1\n" },
    { path: `config/${environment}.env`, text: "A=2\n" },
  ],
  settings,
  secrets,
});

const parts: ReleaseParts = {
  project: "taskmanager",
  version: "1.0.0",
  commit: "a".repeat(40),
  manifest: "project: taskmanager\n",
  artifacts: [artifact("api", "one"), artifact("worker", "two")],
  schema: [setting("LOG_LEVEL"), setting("POOL", { type: "integer" }), setting("TOKEN", { secret: true })],
  configuration: [
    revision("development", { LOG_LEVEL: "DEBUG", POOL: "10" }, ["TOKEN"]),
    revision("production", { LOG_LEVEL: "INFO", POOL: "50" }, ["TOKEN"]),
  ],
  createdAt: "2026-11-21T12:00:00.000Z",
  createdBy: "alice",
};

const code = (name: string) => expect.objectContaining({ code: name });
const reverse = <T>(items: readonly T[]): T[] => [...items].reverse();

describe("composing", () => {
  test("every part is in the release", () => {
    expect(composeRelease(parts)).toEqual({
      ...parts,
      digest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
    });
  });

  test("the order of the parts makes no difference, the order of layers does", () => {
    const release = composeRelease(parts);
    const turned = composeRelease({
      ...parts,
      artifacts: reverse(parts.artifacts).map((one) => ({ ...one, files: reverse(one.files) })),
      schema: reverse(parts.schema),
      configuration: reverse(parts.configuration),
    });
    expect(turned).toEqual(release);
    const other = parts.configuration.map((one) => ({ ...one, layers: reverse(one.layers) }));
    expect(composeRelease({ ...parts, configuration: other }).digest).not.toBe(release.digest);
  });

  test("who made it and when is not part of the digest", () => {
    const again = composeRelease({ ...parts, createdAt: "2027-01-01T00:00:00.000Z", createdBy: "bob" });
    expect(again.digest).toBe(composeRelease(parts).digest);
  });

  test("what is no part of a release is left out", () => {
    const place = { file: "ringfence.yaml", line: 3, column: 1 };
    const schema = parts.schema.map((one) => ({ ...one, place }));
    expect(composeRelease({ ...parts, schema })).toEqual(composeRelease(parts));
  });

  test.each<[string, Partial<ReleaseParts>, string]>([
    ["a version that is none", { version: "v1" }, "RELEASE_VERSION_INVALID"],
    ["a short commit", { commit: "abc1234" }, "RELEASE_INVALID"],
    [
      "two artifacts of a service",
      { artifacts: [artifact("api", "1"), artifact("api", "2")] },
      "RELEASE_INVALID",
    ],
    ["two declarations", { schema: [setting("A"), setting("A")] }, "RELEASE_INVALID"],
    ["two revisions", { configuration: [revision("a", {}, []), revision("a", {}, [])] }, "RELEASE_INVALID"],
    [
      "a secret among the settings",
      { configuration: [revision("production", { TOKEN: "hunter22" }, [])] },
      "RELEASE_HOLDS_SECRET",
    ],
    [
      "a secret with a default",
      { schema: [setting("TOKEN", { secret: true, default: "hunter22" })] },
      "RELEASE_HOLDS_SECRET",
    ],
  ])("%s is refused", (_, change, expected) => {
    expect(() => composeRelease({ ...parts, ...change })).toThrow(code(expected));
  });

  test("an error names the secret and never its value", () => {
    try {
      composeRelease({ ...parts, configuration: [revision("production", { TOKEN: "hunter22" }, [])] });
      expect.unreachable();
    } catch (error) {
      expect(JSON.stringify(error)).toContain("TOKEN");
      expect(JSON.stringify(error)).not.toContain("hunter22");
    }
  });
});

describe("verifying", () => {
  const release = composeRelease(parts);
  const stored = JSON.stringify(release);

  test("a release that went through JSON passes", () => {
    expect(() => verifyRelease(JSON.parse(stored))).not.toThrow();
  });

  /** Paths of all leaves below the fields that the digest covers. */
  function leaves(value: unknown, path: readonly (string | number)[] = []): (string | number)[][] {
    if (value === null || typeof value !== "object") return [[...path]];
    return Object.entries(value).flatMap(([key, member]) => leaves(member, [...path, key]));
  }
  const covered = leaves(JSON.parse(stored)).filter(
    ([first]) => first !== "createdAt" && first !== "createdBy",
  );

  test.each(covered.map((path) => [path.join("."), path] as const))("a change of %s is found", (_, path) => {
    const copy = JSON.parse(stored);
    const last = path.at(-1)!;
    const holder = path.slice(0, -1).reduce((at, key) => at[key], copy);
    holder[last] = `${holder[last]}x`;
    expect(() => verifyRelease(copy as Release)).toThrow(code("RELEASE_DAMAGED"));
  });

  test.each(["artifacts", "schema", "configuration", "manifest", "commit", "digest"])(
    "without %s",
    (field) => {
      const { [field as keyof Release]: _, ...rest } = JSON.parse(stored) as Release;
      expect(() => verifyRelease(rest as Release)).toThrow(code("RELEASE_DAMAGED"));
    },
  );
});

describe("comparing", () => {
  const from = composeRelease(parts);
  const to = composeRelease({
    ...parts,
    version: "1.1.0",
    commit: "b".repeat(40),
    artifacts: [artifact("api", "three"), artifact("worker", "two"), artifact("mail", "four")],
    schema: [
      setting("POOL", { type: "integer", min: 1 }),
      setting("TOKEN", { secret: true }),
      setting("NEW"),
    ],
    configuration: [
      revision("production", { LOG_LEVEL: "INFO", POOL: "60", NEW: "x" }, ["TOKEN", "SMTP_PASSWORD"]),
      revision("development", { POOL: "10" }, []),
    ],
  });

  test("what would change, by name and in order", () => {
    expect(compareReleases(from, to)).toEqual({
      from: "1.0.0",
      to: "1.1.0",
      direction: "forward",
      commit: { from: "a".repeat(40), to: "b".repeat(40) },
      services: [
        { name: "api", change: "changed" },
        { name: "mail", change: "added" },
        { name: "worker", change: "same" },
      ],
      schema: [
        { name: "LOG_LEVEL", change: "removed", fields: [] },
        { name: "NEW", change: "added", fields: [] },
        { name: "POOL", change: "changed", fields: ["min"] },
      ],
      environments: [
        {
          environment: "development",
          values: [{ name: "LOG_LEVEL", from: "DEBUG", to: null }],
          secretsNeeded: [],
          secretsDropped: ["TOKEN"],
        },
        {
          environment: "production",
          values: [
            { name: "NEW", from: null, to: "x" },
            { name: "POOL", from: "50", to: "60" },
          ],
          secretsNeeded: ["SMTP_PASSWORD"],
          secretsDropped: [],
        },
      ],
    });
  });

  test("back, unchanged, first", () => {
    expect(compareReleases(to, from).direction).toBe("back");
    const same = compareReleases(from, JSON.parse(JSON.stringify(from)), "production");
    expect(same.direction).toBe("unchanged");
    expect(same.services.every((service) => service.change === "same")).toBe(true);
    expect([same.schema, same.environments[0]?.values]).toEqual([[], []]);
    const first = compareReleases(undefined, from, "production");
    expect(first.direction).toBe("first");
    expect(first.environments).toEqual([
      {
        environment: "production",
        values: [
          { name: "LOG_LEVEL", from: null, to: "INFO" },
          { name: "POOL", from: null, to: "50" },
        ],
        secretsNeeded: ["TOKEN"],
        secretsDropped: [],
      },
    ]);
  });
});
