/** The page of `env create`. */
import type { CreatedEnvironmentView } from "../../contract/environment.ts";
import { styled } from "../style.ts";

export function renderCreatedEnvironment(view: CreatedEnvironmentView): string {
  const { environment, kind, template, files, secrets, next } = view;
  const from = template === null ? "" : ` from the template ${template}`;
  return [
    `${styled("green", "made")} ${environment}, of kind ${kind}${from}`,
    ...files.map((path) => `  ${path}`),
    ...(secrets.length > 0 ? ["", `${styled("yellow", "!")} still needs ${secrets.join(", ")}`] : []),
    "",
    styled("bold", "Next"),
    ...next.map((line) => `  ${line}`),
  ].join("\n");
}
