import { expect, test } from "vitest";
import type { ConfigTestView } from "../../contract/config-test.ts";
import { renderConfigTest } from "./config-test.ts";

const passed = {
  setting: "A",
  target: "all",
  verdict: "passed" as const,
  reasons: [],
  where: "ringfence.yaml:3:1",
  valueAt: "a.env:1:1",
};

const VIEW: ConfigTestView = {
  environments: [
    {
      environment: "staging",
      results: [
        passed,
        {
          ...passed,
          setting: "B",
          verdict: "failed",
          reasons: ['B does not match <"&">', "B\u0000\u001b[31m"],
        },
        { ...passed, setting: "C", verdict: "unknown", reasons: ["nobody knows"], valueAt: null },
      ],
    },
  ],
  passed: 1,
  failed: 1,
  unknown: 1,
  findings: [],
  problems: [],
  parity: { score: 70, units: 2, deductions: [] },
  minParity: 80,
  ok: false,
};

test("JUnit tells failed and unknown apart, counts them, and holds only what XML can hold", () => {
  expect(renderConfigTest(VIEW, { junit: true })).toBe(`<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="ringfence config test" tests="4" failures="2" errors="1">
  <testsuite name="staging" tests="3" failures="1" errors="1">
    <testcase classname="staging" name="A (all at ringfence.yaml:3:1)"/>
    <testcase classname="staging" name="B (all at ringfence.yaml:3:1)">
      <failure message="B does not match &lt;&quot;&amp;&quot;&gt;; B\ufffd\ufffd[31m">expected at ringfence.yaml:3:1
set at a.env:1:1</failure>
    </testcase>
    <testcase classname="staging" name="C (all at ringfence.yaml:3:1)">
      <error message="nobody knows">expected at ringfence.yaml:3:1</error>
    </testcase>
  </testsuite>
  <testsuite name="parity" tests="1" failures="1" errors="0">
    <testcase classname="parity" name="at least 80">
      <failure message="parity: 70 of 100, over 2 units"></failure>
    </testcase>
  </testsuite>
</testsuites>`);
});

test("a terminal shows what is not good, and says where nothing is expected", () => {
  const shown = renderConfigTest(VIEW, {});
  expect(shown).toContain("✗ staging 1 passed, 1 failed, 1 unknown");
  expect(shown).not.toContain("A (all)");
  const nothing = { ...VIEW, environments: [], passed: 0, failed: 0, unknown: 0 };
  expect(renderConfigTest(nothing, {})).toContain("nothing is expected here");
});
