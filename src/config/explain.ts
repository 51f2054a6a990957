/** What a resolution is asked: where a value came from, and whether anything may run with it. */
import { nearest } from "../base/nearest.ts";
import type { Explanation } from "../model/setting.ts";
import { configErrors } from "./errors.ts";
import type { Resolution } from "./resolve.ts";

/**
 * The history of one setting.
 *
 * @throws CONFIG_UNKNOWN_KEY when the resolution has no such setting
 */
export function explain(resolution: Resolution, name: string): Explanation {
  const setting = resolution.settings.get(name) ?? resolution.removed.get(name);
  const { environment } = resolution;
  if (!setting) {
    const meant = nearest(name, resolution.settings.keys());
    throw configErrors.CONFIG_UNKNOWN_KEY({
      what: `${environment} has no setting ${name}`,
      where: name,
      why: "no default, layer, secrets file or variable sets it",
      fix: meant
        ? `ringfence config explain ${meant} -e ${environment}`
        : `ringfence config show -e ${environment}`,
    });
  }
  const { secret, value, history } = setting;
  return {
    key: name,
    secret,
    value: secret ? null : value,
    layers: history.map(({ source, place, value: written, reference, wins, removes, merged }) => ({
      source,
      file: place.file,
      line: place.line,
      column: place.column,
      value: secret ? null : (written ?? null),
      ...(reference !== undefined && { reference }),
      wins,
      removes,
      merged,
    })),
    references: setting.references,
    set: setting.set,
  };
}

/**
 * Lets a resolution pass that has no errors; warnings and advice pass too.
 *
 * @throws CONFIG_INVALID with every error finding
 */
export function assertUsable(resolution: Resolution): void {
  const errors = resolution.findings.filter(({ severity }) => severity === "error");
  if (errors.length === 0) return;
  const { environment } = resolution;
  throw configErrors.CONFIG_INVALID({
    what: `the settings of ${environment} have ${errors.length === 1 ? "an error" : `${errors.length} errors`}`,
    where: errors[0]!.where,
    why: errors
      .map(({ code, where, why }) => (errors.length === 1 ? `${code}: ${why}` : `${where} ${code}: ${why}`))
      .join("\n"),
    fix: errors.length === 1 ? errors[0]!.fix : `ringfence config check -e ${environment}`,
    details: { environment, findings: errors },
  });
}
