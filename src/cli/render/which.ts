/** Which environment this is, for people. The hot path shows it too. */
import type { WhichView } from "../../contract/environment.ts";
import { styled } from "../style.ts";

const METHODS = {
  flag: "named by the flag",
  variable: "named by the variable",
  hostname: "this host's name says so",
  default: "the default; nothing else says anything",
} as const;

export function renderWhich({ environment, method, host }: WhichView): string {
  return `${styled("bold", environment)}  ${styled("dim", `${METHODS[method]} (host ${host})`)}`;
}
