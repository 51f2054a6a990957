/** `ringfence config types`: the declared settings as TypeScript types for `loadSettings()`. */
import * as z from "zod";
import { typeDeclaration } from "../../config/index.ts";
import type { TypesView } from "../../contract/compiled.ts";
import { defineQuery } from "../definition.ts";

export const query = defineQuery({
  name: "config types",
  summary: "Print the settings' types for TypeScript applications (> ringfence-settings.d.ts)",
  scope: "project",
  input: z.object({}),
  async run({ app }): Promise<TypesView> {
    return { declaration: typeDeclaration(app.project) };
  },
});
