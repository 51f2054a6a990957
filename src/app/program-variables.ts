/** What a project's program finds in its environment: nothing that leads to a key or a secret. */
import { redact } from "../base/redact.ts";
import type { Environment, Project } from "../model/project.ts";
import { ENVIRONMENT_VARIABLE } from "../snapshot/detection.ts";
import { withoutKeys } from "../snapshot/key-variables.ts";
import type { App } from "./app.ts";

/** Set for a program, so that one that asks Ringfence for what it gives itself is not started without end. */
export const WITHIN = "RINGFENCE_LAYER";

/**
 * Names by which a variable makes a loader, a shell or an interpreter run other code than was trusted, or leads to
 * other programs and settings of theirs. Trust binds a program's words and files, so nothing of the project may set
 * one. In any case of letters: Windows tells none apart.
 */
const STEERING = new RegExp(
  `^(?:${[
    "PATH|PATHEXT|COMSPEC|HOME|USERPROFILE|SHELL|TMPDIR|TEMP|TMP|XDG_.*",
    "LD_.*|DYLD_.*|GCONV_PATH|LOCPATH|GLIBC_TUNABLES|OPENSSL_.*",
    "BASH_.*|BASHOPTS|SHELLOPTS|ENV|IFS|PS4|CDPATH|PROMPT_COMMAND|ZDOTDIR",
    "NODE_.*|NPM_CONFIG_.*|PYTHON.*|PERL.*|RUBY.*|GEM_.*|BUNDLE_.*|PHP.*|LUA_.*|GIT_.*",
    "CLASSPATH|_?JAVA_.*|JDK_JAVA_OPTIONS",
    "RINGFENCE_.*|SOPS_.*",
  ].join("|")})$`,
  "i",
);

/**
 * The caller's variables without ways to keys, and without secrets: by their names, and by values that are known.
 *
 * @param asked what the program is run for: a layer, a reference
 */
export function programVariables(
  app: App,
  project: Project,
  environment: Environment,
  asked: string,
): Record<string, string> {
  const secrets = new Set(project.settings.filter(({ secret }) => secret).map(({ name }) => name));
  const kept = Object.entries(withoutKeys(app.variables)).filter(
    ([name, value]) => !secrets.has(name) && redact(value) === value,
  );
  return {
    ...Object.fromEntries(kept),
    ...(STEERING.test(project.detect.variable) ? {} : { [project.detect.variable]: environment.name }),
    [ENVIRONMENT_VARIABLE]: environment.name,
    [WITHIN]: asked,
  };
}

/**
 * A program's own variables, and beside them settings of the environment. A setting never stands in for a variable
 * that is there, and none with a name of {@link STEERING} is given.
 *
 * @param own what {@link programVariables} gave
 */
export function besideSettings(
  own: Readonly<Record<string, string>>,
  settings: Readonly<Record<string, string>>,
): Record<string, string> {
  const given = Object.entries(settings).filter(([name]) => !STEERING.test(name));
  return { ...Object.fromEntries(given), ...own };
}
