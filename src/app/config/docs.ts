/** `ringfence config docs`: the reference of all declared settings. */
import * as z from "zod";
import { settingsReference } from "../../config/index.ts";
import type { SettingsReference } from "../../model/setting-reference.ts";
import { defineQuery } from "../definition.ts";

export const query = defineQuery({
  name: "config docs",
  summary: "Print the reference of all settings as a Markdown page",
  scope: "project",
  input: z.object({}),
  async run({ app }): Promise<SettingsReference> {
    return settingsReference(app.project);
  },
});
