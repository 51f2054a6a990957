/** What holds before settings leave Ringfence: for a process, an export, a plain file. */
import { redact } from "../base/redact.ts";
import { configErrors, exportedSetting } from "../config/index.ts";
import type { Environment } from "../model/project.ts";
import type { ResolvedSetting } from "../model/setting.ts";
import type { App } from "./app.ts";
import { noIdentity } from "./identities.ts";

/** @param file the secrets file @throws SECRETS_NO_IDENTITY when one of the settings can't be opened here */
export function assertOpened(
  app: App,
  environment: Environment,
  settings: Iterable<ResolvedSetting>,
  file: string,
): void {
  // What is kept elsewhere was asked for, or is not needed now.
  const sealed = [...settings].filter((setting) => setting.sealed && setting.pending === undefined);
  if (sealed.length === 0) return;
  const what = `${sealed.map(({ name }) => name).join(", ")} can't be opened here`;
  throw noIdentity(app, environment, { what, file });
}

/** A plain setting may hold what is also a secret's value: it would leave unseen. @throws CONFIG_EXPORT_LEAK */
export function assertPlain(settings: readonly ResolvedSetting[], environment: string, why: string): void {
  const leaking = settings.find(({ secret, text }) => !secret && redact(text) !== text);
  if (!leaking) return;
  const { name } = leaking;
  throw configErrors.CONFIG_EXPORT_LEAK({
    what: `${name} is plain, but holds the value of a secret of ${environment}`,
    where: exportedSetting(leaking).where,
    why,
    fix: `write ${name}: { secret: true } under settings, or set another value for the secret`,
  });
}
