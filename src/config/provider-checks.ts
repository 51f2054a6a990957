/**
 * Holds credentials against what their vendors publish: the format that a declaration demands, whose a credential
 * surely is, and whether it is for tests or for real accounts. No message says a value.
 */
import { credentialMode, foreignCredential } from "../model/provider-format.ts";
import { formatMistake, VALUE_FORMATS } from "../model/value-format.ts";
import type { Check } from "./security-check.ts";

export const format: Check = ({ name, text, declaration }, environment) => {
  const demanded = declaration?.format;
  const fix = `ringfence secret set ${name} -e ${environment.name}   # the right value on standard input`;
  if (demanded !== undefined) {
    const mistake = formatMistake(demanded, text);
    if (mistake === undefined) return;
    return {
      code: "SECURITY_FORMAT",
      why: `${name} is no ${VALUE_FORMATS[demanded].noun}: it ${mistake}`,
      fix,
    };
  }
  const foreign = foreignCredential(name, text);
  if (foreign === undefined) return;
  const is = /^[aeiou]/i.test(foreign) ? "an" : "a";
  return { code: "SECURITY_FORMAT", why: `${name} holds ${is} ${foreign}, which its name does not say`, fix };
};

export const mode: Check = ({ name, text }, environment) => {
  const is = credentialMode(text);
  const { production, externalServices } = environment.policies;
  const command = `ringfence secret set ${name} -e ${environment.name}`;
  if (is === "test" && production) {
    const why = `${name} is a key for tests: what is done with it here is not real`;
    return { code: "SECURITY_KEY_MODE", why, fix: `${command}   # the live key on standard input` };
  }
  if (is !== "live" || externalServices === "real") return;
  const why = `${name} is a live key, and external services are ${externalServices === "mock" ? "mocks" : "sandboxes"} here`;
  return { code: "SECURITY_KEY_MODE", why, fix: `${command}   # the test key on standard input` };
};
