/** Which renderer shows which command's answer. A command without one is shown as JSON. */
import {
  renderGlassClosed,
  renderGlassList,
  renderGlassOpened,
  renderGlassReviewed,
  renderGlassSealed,
} from "./break-glass.ts";
import { renderCheck, renderConfigFix } from "./check.ts";
import { renderDiff } from "./comparison.ts";
import { renderCompile, renderTypes } from "./compiled.ts";
import { renderConfigEdit } from "./config-edit.ts";
import { renderConfigScan } from "./config-scan.ts";
import { renderConfigTest } from "./config-test.ts";
import { renderCreatedEnvironment } from "./created-environment.ts";
import {
  renderAuditLog,
  renderAuditVerify,
  renderEnvironments,
  renderRelease,
  renderReleases,
  renderStatus,
} from "./environment.ts";
import { renderEnvironmentComparison } from "./environment-comparison.ts";
import { renderLocked } from "./identity.ts";
import { renderInspection } from "./inspection.ts";
import { renderIsolation } from "./isolation.ts";
import { renderMatrix } from "./matrix.ts";
import { renderOperation, renderOperations } from "./operation.ts";
import { renderEject, renderInit } from "./project.ts";
import { renderReference } from "./reference.ts";
import { renderConfigHistory, renderConfigRecord, renderConfigRollback } from "./revision.ts";
import { renderRotated, renderSecretStatus } from "./rotation.ts";
import { renderSecretAccess } from "./secret-access.ts";
import { renderSecretHook } from "./secret-hook.ts";
import { renderSecretReport } from "./secret-report.ts";
import { renderSecretScan } from "./secret-scan.ts";
import {
  renderGitSetup,
  renderMerge,
  renderRecipients,
  renderRevoke,
  renderRevoked,
  renderSecretPush,
  renderTextconv,
} from "./secrets.ts";
import {
  renderExplain,
  renderExport,
  renderIdentity,
  renderPerson,
  renderSecret,
  renderSecretList,
  renderSecretSet,
  renderSettings,
} from "./settings.ts";
import { renderTrust, renderTrustGiven, renderTrustRevoked } from "./trust.ts";
import { renderWhich } from "./which.ts";

/** Positionals and flags as they were typed, by name. */
type Input = Readonly<Record<string, unknown>>;

// An answer's shape is known by its command's name alone, which no type can say.
const RENDERERS: Readonly<Record<string, (answer: never, input: Input) => string>> = {
  inspect: renderInspection,
  init: renderInit,
  eject: renderEject,
  which: renderWhich,
  "env list": renderEnvironments,
  "env compare": renderEnvironmentComparison,
  "env create": renderCreatedEnvironment,
  isolation: renderIsolation,
  status: renderStatus,
  "config show": renderSettings,
  "config explain": renderExplain,
  "config check": renderCheck,
  "config fix": renderConfigFix,
  "config test": renderConfigTest,
  "config scan": renderConfigScan,
  "config diff": renderDiff,
  "config matrix": renderMatrix,
  "config history": renderConfigHistory,
  "config record": renderConfigRecord,
  "config rollback": renderConfigRollback,
  "config set": renderConfigEdit,
  "config unset": renderConfigEdit,
  "config sync": renderConfigEdit,
  "config move": renderConfigEdit,
  "config rename": renderConfigEdit,
  "config split": renderConfigEdit,
  "config export": renderExport,
  "config docs": renderReference,
  "config compile": renderCompile,
  "config types": renderTypes,
  "secret list": renderSecretList,
  "secret get": renderSecret,
  "secret set": renderSecretSet,
  "secret scan": renderSecretScan,
  "secret hook install": renderSecretHook,
  "secret hook remove": renderSecretHook,
  "secret accept": renderConfigEdit,
  "secret access": renderSecretAccess,
  "secret bind": renderConfigEdit,
  "secret push": renderSecretPush,
  "secret copy": renderConfigEdit,
  "secret edit": renderConfigEdit,
  "secret status": renderSecretStatus,
  "secret rotate": renderRotated,
  "secret rollback": renderRotated,
  "secret retire": renderConfigEdit,
  "secret unset": renderConfigEdit,
  "secret recipients list": renderRecipients,
  "secret recipients add": renderConfigEdit,
  "secret recipients remove": renderConfigEdit,
  "secret recipients apply": renderConfigEdit,
  "secret report": renderSecretReport,
  "secret revoke": renderRevoke,
  "secret revoked": renderRevoked,
  "secret merge": renderMerge,
  "secret textconv": renderTextconv,
  "secret git-setup": renderGitSetup,
  "identity create": renderIdentity,
  "identity lock": renderLocked,
  "break-glass seal": renderGlassSealed,
  "break-glass open": renderGlassOpened,
  "break-glass close": renderGlassClosed,
  "break-glass list": renderGlassList,
  "break-glass review": renderGlassReviewed,
  "me init": renderPerson,
  "release create": renderRelease,
  "release list": renderReleases,
  "release show": renderRelease,
  "operation list": renderOperations,
  trust: renderTrustGiven,
  "trust show": renderTrust,
  "trust revoke": renderTrustRevoked,
  "audit log": renderAuditLog,
  "audit verify": renderAuditVerify,
};

function isOperation(answer: unknown): answer is Parameters<typeof renderOperation>[0] {
  return typeof answer === "object" && answer !== null && "plan" in answer && "gates" in answer;
}

/** A command's answer as text. */
export function render(command: string, answer: unknown, input: Input): string {
  if (isOperation(answer)) return renderOperation(answer, command === "operation show");
  const renderer = RENDERERS[command];
  return renderer ? renderer(answer as never, input) : JSON.stringify(answer, null, 2);
}
