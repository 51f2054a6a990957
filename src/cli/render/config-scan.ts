/** What a scan of the code has found, for people. */
import type { ConfigScanView } from "../../contract/config-test.ts";
import type { Severity } from "../../model/finding.ts";
import { styled } from "../style.ts";
import { counted, findingText, problemText } from "./check.ts";
import { shownText } from "./shown.ts";

export function renderConfigScan(view: ConfigScanView): string {
  const { findings, allowed, files, skipped, sealed, problems } = view;
  const count = (wanted: Severity) => findings.filter(({ severity }) => severity === wanted).length;
  const summary = [
    counted(count("error"), "error"),
    counted(count("warning"), "warning"),
    counted(count("advice"), "advice"),
    ...(allowed.length > 0 ? [`${allowed.length} allowed with a reason`] : []),
  ];
  const where = `in ${counted(files, "file")}${skipped > 0 ? ` (${skipped} skipped)` : ""}`;
  return [
    ...findings.map(findingText),
    ...problems.map(problemText),
    ...(sealed.length > 0
      ? [styled("yellow", `not looked for, as they can't be opened here: ${shownText(sealed.join(", "))}`)]
      : []),
    `${summary.join(", ")} ${styled("dim", where)}`,
  ].join("\n");
}
