/** Settings as a Terraform variables file: HCL with literal values, names in lower case. */
import { hclValue } from "../hcl-text.ts";
import { assertDistinct, type ExportedSetting, type ExportWriter } from "./exported-setting.ts";

const nameOf = ({ name }: ExportedSetting): string => name.toLowerCase();

/** @throws CONFIG_INEXPRESSIBLE where two names differ in case only */
export const writeTfvars: ExportWriter = (settings) => {
  assertDistinct(settings, "tfvars", nameOf);
  return settings.map((setting) => `${nameOf(setting)} = ${hclValue(setting.value)}\n`).join("");
};
