/** Finds secrets that can't be taken out of output without harm: too short ones, and words that stand in any text. */
import { isScrubbable } from "../base/secret-forms.ts";
import { isWellKnown } from "../model/credential-text.ts";
import { credentials, keyLength } from "./credential-checks.ts";
import type { Check } from "./security-check.ts";

/** Words that ordinary output is full of, besides those that everybody uses as passwords. */
const WORD =
  /^(?:true|false|enabled|disabled|production|staging|testing|development|preview|localhost|127\.0\.0\.1|0\.0\.0\.0|(.)\1*)$/i;

export const scrubbing: Check = (setting, environment) => {
  const { name, text, secret } = setting;
  if (!secret) return;
  // What is an error anyway says more.
  if (credentials(setting, environment) || keyLength(setting, environment)) return;
  const isCommon = isWellKnown(text) || WORD.test(text) || text === environment.name;
  if (isScrubbable(text) && !isCommon) return;
  const why = isScrubbable(text)
    ? `${name} is a common word: every place where output has it is masked`
    : `${name} is too short to be masked in output: so short a text stands everywhere`;
  const fix = `openssl rand -base64 24 | ringfence secret set ${name} -e ${environment.name}   # and change it where it is asked for; or take secret: true away if it is none`;
  return { code: "SECURITY_SCRUBBING", severity: "warning", why, fix };
};
