/** `ringfence config show`: the resolved settings; secrets by fingerprint. */
import * as z from "zod";
import { deriveKey } from "../../base/seal.ts";
import type { SettingsView, SettingView } from "../../contract/settings.ts";
import type { Environment } from "../../model/project.ts";
import { fingerprint } from "../../secrets/index.ts";
import { identityMaterial, identityPath } from "../../snapshot/home.ts";
import type { App } from "../app.ts";
import { settingFlags } from "../config-flags.ts";
import { defineQuery } from "../definition.ts";
import { unlockedHere } from "../identities.ts";
import { configure, warnOfMissingLayers } from "../resolution.ts";

/** By the environment's identity, so that nobody without it can tell a value by its fingerprint. */
function fingerprintKey(app: App, { name }: Environment): Buffer | undefined {
  const { home, project } = app;
  const material = identityMaterial(home, project.name, name);
  const key =
    material === "locked" ? unlockedHere(app, identityPath(home, project.name, name)) : material?.key;
  return key === undefined ? undefined : deriveKey(key, `fingerprint:${project.name}`);
}

export const query = defineQuery({
  name: "config show",
  summary: "Show an environment's resolved settings; secrets only by fingerprint",
  scope: "environment",
  input: z.object(settingFlags),
  async run({ app, environment, warn }, flags): Promise<SettingsView> {
    const configuration = configure(app, environment, flags);
    warnOfMissingLayers(warn, configuration);
    const { settings } = configuration;
    const key = fingerprintKey(app, environment);
    const entries = [...settings.values()].map((setting): [string, SettingView] => {
      const winner = setting.history.find(({ wins }) => wins);
      const from = winner?.source ?? "default";
      if (!setting.secret) return [setting.name, { value: setting.value, secret: false, from }];
      const print = key && !setting.sealed ? { fingerprint: fingerprint(key, setting.text) } : {};
      return [
        setting.name,
        {
          value: null,
          secret: true,
          from,
          ...print,
          ...(setting.pending ? { unasked: true } : setting.sealed && { sealed: true }),
          ...(winner?.reference !== undefined && { reference: winner.reference }),
        },
      ];
    });
    return { environment: environment.name, settings: Object.fromEntries(entries) };
  },
});
