/** `ringfence config show`: the resolved settings; secrets by fingerprint. */
import * as z from "zod";
import { deriveKey } from "../../base/seal.ts";
import type { SettingsView, SettingView } from "../../contract/settings.ts";
import { fingerprint } from "../../secrets/index.ts";
import { identityMaterial } from "../../snapshot/home.ts";
import { settingFlags } from "../config-flags.ts";
import { defineQuery } from "../definition.ts";
import { configure, warnOfMissingLayers } from "../resolution.ts";

export const query = defineQuery({
  name: "config show",
  summary: "Show an environment's resolved settings; secrets only by fingerprint",
  scope: "environment",
  input: z.object(settingFlags),
  async run({ app, environment, warn }, flags): Promise<SettingsView> {
    const configuration = configure(app, environment, flags);
    warnOfMissingLayers(warn, configuration);
    const { settings } = configuration;
    const identity = identityMaterial(app.home, app.project.name, environment.name);
    const key = identity === undefined ? undefined : deriveKey(identity, `fingerprint:${app.project.name}`);
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
