/** `ringfence config diff A B`: what differs between two configurations, and whether it is meant to. */
import * as z from "zod";
import { EXIT } from "../../base/error.ts";
import { diffSettings } from "../../config/index.ts";
import type { SettingsDiffView } from "../../contract/comparison.ts";
import { countFindings, designRules, ephemeralFingerprint } from "../comparison.ts";
import { defineQuery } from "../definition.ts";
import { openSide } from "./side.ts";

export const query = defineQuery({
  name: "config diff",
  summary: "Show what differs between two environments or versions; secrets only as equal or different",
  scope: "project",
  input: z.object({
    a: z.string().meta({
      position: 0,
      description: "an environment, or a version of it: staging@1.0.0, staging@previous, staging@3f2a9c",
    }),
    b: z.string().meta({ position: 1, description: "what it is compared with" }),
    "exit-code": z
      .boolean()
      .optional()
      .meta({ description: "exit 3 when something differs that is not by design" }),
    markdown: z.boolean().optional().meta({ description: "print Markdown" }),
  }),
  async run({ app }, input): Promise<SettingsDiffView> {
    const a = await openSide(app, input.a);
    const b = input.b === input.a ? a : await openSide(app, input.b);
    const options = { byDesign: designRules(app.project), fingerprint: ephemeralFingerprint() };
    const findings = { a: countFindings(a.resolution), b: countFindings(b.resolution) };
    return { ...diffSettings(a, b, options), findings };
  },
  exit: ({ changes }: SettingsDiffView, input) =>
    input["exit-code"] && changes.some(({ byDesign }) => !byDesign) ? EXIT.findings : EXIT.ok,
});
