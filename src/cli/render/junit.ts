/** JUnit XML, as CI systems read it: suites of cases that passed, failed, or ended with an error (are unknown). */
import { redact } from "../../base/redact.ts";

interface JunitCase {
  readonly name: string;
  readonly verdict: "passed" | "failed" | "unknown";
  readonly message: string;
  readonly detail: string;
}

export interface JunitSuite {
  readonly name: string;
  readonly cases: readonly JunitCase[];
}

const ENTITIES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
/** What XML 1.0 can't hold in any form. */
const UNHOLDABLE = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu;

function escaped(text: string): string {
  return redact(text)
    .replace(UNHOLDABLE, "\ufffd")
    .replace(/[&<>"]/g, (sign) => ENTITIES[sign]!);
}

/** As an attribute: line ends and tabs would be read as spaces. */
function attribute(name: string, text: string): string {
  return `${name}="${escaped(text).replace(/[\t\n\r]/g, (sign) => `&#${sign.charCodeAt(0)};`)}"`;
}

function caseLines(suite: string, { name, verdict, message, detail }: JunitCase): string[] {
  const head = `    <testcase ${attribute("classname", suite)} ${attribute("name", name)}`;
  if (verdict === "passed") return [`${head}/>`];
  const tag = verdict === "failed" ? "failure" : "error";
  return [
    `${head}>`,
    `      <${tag} ${attribute("message", message)}>${escaped(detail)}</${tag}>`,
    "    </testcase>",
  ];
}

function counts(cases: readonly JunitCase[]): string {
  const count = (wanted: JunitCase["verdict"]) => cases.filter(({ verdict }) => verdict === wanted).length;
  return `tests="${cases.length}" failures="${count("failed")}" errors="${count("unknown")}"`;
}

/** The whole document. */
export function junitDocument(name: string, suites: readonly JunitSuite[]): string {
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites ${attribute("name", name)} ${counts(suites.flatMap(({ cases }) => cases))}>`,
    ...suites.flatMap(({ name: suite, cases }) => [
      `  <testsuite ${attribute("name", suite)} ${counts(cases)}>`,
      ...cases.flatMap((one) => caseLines(suite, one)),
      "  </testsuite>",
    ]),
    "</testsuites>",
  ].join("\n");
}
