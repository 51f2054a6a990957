/** What the manifest says of runs, their logs and the hosts of a kind. */
import { describe, expect, test } from "vitest";
import { readManifest } from "./manifest.ts";
import { policyFits, policyValue } from "./policy-value.ts";
import type { Project } from "./project.ts";

const AT = { root: "/project", file: "ringfence.yaml" };

function project(text: string): Project {
  const { project: read, findings } = readManifest(text, AT);
  expect(findings.filter(({ severity }) => severity === "error")).toEqual([]);
  return read!;
}

test("environments of a kind have the kind's hosts, unless they declare their own", () => {
  const { environments } = project(`project: shop
environments:
  eu: { kind: edge }
  us: { kind: edge, hosts: ["us-*"] }
kinds:
  edge: { like: production, hosts: ["edge-*"] }
`);
  expect(environments.map(({ hosts }) => hosts)).toEqual([["edge-*"], ["us-*"]]);
});

test("limits, umask, view and logs, each with its unit and its place", () => {
  const [environment] = project(`project: shop
environments:
  staging:
    policies:
      run:
        limits: { memory: 512MB, cpu: 1.5, processes: 100, openFiles: 1024, time: 10m, unenforced: warn }
        umask: "077"
        view: own
        writable: [coverage]
      logs: { format: text, sink: file, file: "/var/log/{env}/{command}.log", rotate: { size: 1MiB, every: 12h, keep: 3 }, retention: 7d }
`).environments;
  expect(environment!.policies).toMatchObject({
    runMemoryBytes: 512_000_000,
    runCpus: 1.5,
    runProcesses: 100,
    runOpenFiles: 1024,
    runTimeMs: 600_000,
    runUnenforced: "warn",
    runUmask: "077",
    runView: "own",
    runWritable: ["coverage"],
    logFormat: "text",
    logSink: "file",
    logFile: "/var/log/{env}/{command}.log",
    logRotateBytes: 1_048_576,
    logRotateMs: 43_200_000,
    logKeep: 3,
    logRetentionMs: 604_800_000,
  });
  expect(environment!.policySources.runMemoryBytes).toBe("ringfence.yaml:6:19");
});

test("settings take format and sink of logs from the policies, in their own words", () => {
  const [environment] = project("project: shop\nenvironments:\n  production: {}\n").environments;
  const given = (policy: "logFormat" | "logSink", values?: readonly string[]) =>
    policyValue(policy, { name: "X", type: values ? "enum" : "string", values }, environment!.policies);
  expect(given("logFormat")).toBe("json");
  expect(given("logFormat", ["TEXT", "JSON"])).toBe("JSON");
  expect(given("logSink", ["console", "file"])).toBe("file");
  expect(policyFits("logSink", { name: "X", type: "boolean", values: undefined })).toBe(false);
});

describe("mistakes are found where they stand", () => {
  test.each([
    ["run: { limits: { memory: lots } }"],
    ["run: { limits: { cpu: 0 } }"],
    ["run: { limits: { processes: 0 } }"],
    ["run: { limits: { time: soon } }"],
    ["run: { limits: { disk: 1GB } }"],
    ['run: { umask: "888" }'],
    ["run: { view: mine }"],
    ["run: { writable: [../elsewhere] }"],
    ["logs: { format: xml }"],
    ["logs: { file: var/ }"],
    ["logs: { file: ../run.log }"],
    ["logs: { rotate: { keep: -1 } }"],
  ])("%s", (policies) => {
    const text = `project: shop\nenvironments:\n  local: { policies: { ${policies} } }\n`;
    expect(readManifest(text, AT).findings.map(({ severity }) => severity)).toContain("error");
  });
});
