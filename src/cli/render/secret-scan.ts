/** What a scan for leaked secrets has found, for people, for code scanning, and as lines of the baseline. */
import type { SecretScanView } from "../../contract/secret-scan.ts";
import type { Severity } from "../../model/finding.ts";
import { styled } from "../style.ts";
import { counted, findingText, problemText } from "./check.ts";
import { scanSarifLog } from "./sarif.ts";
import { shownText } from "./shown.ts";

const PLACES: Readonly<Record<SecretScanView["mode"], string>> = {
  files: "file",
  staged: "staged file",
  history: "object",
  output: "file",
};
const MEBIBYTE = 1024 * 1024;

function sizeText(bytes: number): string {
  return bytes < MEBIBYTE ? `${(bytes / 1024).toFixed(1)} KiB` : `${(bytes / MEBIBYTE).toFixed(1)} MiB`;
}

function knownText({ known, manifest }: SecretScanView): string {
  if (!manifest) return "no ringfence.yaml: looked for forms of credentials, not for known values";
  const former = known.former > 0 ? ` and ${counted(known.former, "former one")}` : "";
  return `looked for ${counted(known.current, "known value")}${former}, and for forms of credentials`;
}

/** What nobody looked for, or looked at: no finding there is no proof. */
function unknownTexts({ sealed, tooCommon, problems, shallow }: SecretScanView): string[] {
  const listed = (why: string, names: readonly string[]) =>
    names.length > 0 ? [styled("yellow", `${why}: ${shownText(names.join(", "))}`)] : [];
  return [
    ...problems.map(problemText),
    ...listed("not looked for, as they can't be opened here", sealed),
    ...listed("not looked for, as they are too short or too common", tooCommon),
    ...(shallow ? [styled("yellow", "the clone is shallow: older commits were not looked at")] : []),
  ];
}

function summaryText({ findings, accepted, looked, mode }: SecretScanView): string {
  const count = (wanted: Severity) => findings.filter(({ severity }) => severity === wanted).length;
  const errors = count("error");
  const parts = [
    styled(errors > 0 ? "red" : "green", counted(errors, "leak")),
    counted(count("warning"), "warning"),
    ...(count("advice") > 0 ? [counted(count("advice"), "advice")] : []),
    ...(accepted.length > 0 ? [`${accepted.length} accepted by the baseline`] : []),
  ];
  const where = `in ${counted(looked.texts, PLACES[mode])}, ${sizeText(looked.bytes)}`;
  return `${parts.join(", ")} ${styled("dim", where)}`;
}

export function renderSecretScan(view: SecretScanView, { sarif }: { readonly sarif?: boolean }): string {
  if (view.baseline) return view.baseline.lines.trimEnd();
  if (sarif) return JSON.stringify(scanSarifLog(view), null, 2);
  return [
    ...view.findings.map(findingText),
    ...unknownTexts(view),
    styled("dim", knownText(view)),
    summaryText(view),
  ].join("\n");
}
