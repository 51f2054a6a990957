/** `ringfence config schema`: the settings of an environment as JSON Schema. */
import * as z from "zod";
import { settingsJsonSchema } from "../../config/index.ts";
import { defineQuery } from "../definition.ts";

export const query = defineQuery({
  name: "config schema",
  summary: "Print the settings as JSON Schema; what is required follows the environment",
  scope: "environment",
  input: z.object({}),
  async run({ app, environment }) {
    return settingsJsonSchema(app.project, environment);
  },
});
