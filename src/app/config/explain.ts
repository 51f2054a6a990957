/** `ringfence config explain KEY`: every layer that set a key, lowest first. */
import * as z from "zod";
import { explain } from "../../config/index.ts";
import type { Explanation } from "../../model/setting.ts";
import { settingFlags } from "../config-flags.ts";
import { defineQuery } from "../definition.ts";
import { configure, warnOfMissingLayers } from "../resolution.ts";

export const query = defineQuery({
  name: "config explain",
  summary: "Show where a setting's value comes from, layer by layer",
  scope: "environment",
  input: z.object({
    key: z.string().meta({ position: 0, description: "the setting's name" }),
    ...settingFlags,
  }),
  async run({ app, environment, warn }, { key, ...flags }): Promise<Explanation> {
    const configuration = configure(app, environment, flags);
    warnOfMissingLayers(warn, configuration);
    return explain(configuration, key);
  },
});
