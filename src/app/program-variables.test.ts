/** What of a project reaches the environment of its programs: nothing that makes them run something else. */
import { expect, test } from "vitest";
import type { Environment, Project } from "../model/project.ts";
import type { App } from "./app.ts";
import { besideSettings, programVariables } from "./program-variables.ts";

const STEERING = [
  ..."PATH Path HOME LD_PRELOAD LD_LIBRARY_PATH DYLD_INSERT_LIBRARIES BASH_ENV ENV IFS SHELLOPTS PS4".split(
    " ",
  ),
  ..."NODE_OPTIONS NODE_PATH PYTHONSTARTUP PYTHONPATH PERL5OPT PERL5LIB RUBYOPT RUBYLIB GIT_SSH_COMMAND".split(
    " ",
  ),
  ..."npm_config_script_shell JAVA_TOOL_OPTIONS _JAVA_OPTIONS OPENSSL_CONF SOPS_AGE_KEY_CMD".split(" "),
];

test.each(STEERING)("a setting named %s is not passed", (name) => {
  expect(besideSettings({}, { [name]: "theirs", PORT: "1" })).toEqual({ PORT: "1" });
});

test.each(["SERVICE", "DATABASE_HOST", "ENVIRONMENT", "PATH_PREFIX", "GITHUB_ORG", "HOME_PAGE"])(
  "a setting named %s is passed, beside what is there",
  (name) => {
    expect(besideSettings({ PATH: "/bin" }, { [name]: "ours" })).toEqual({ PATH: "/bin", [name]: "ours" });
    expect(besideSettings({ [name]: "caller's" }, { [name]: "ours" })).toEqual({ [name]: "caller's" });
  },
);

test.each(STEERING)("the variable that tells the environment is not %s", (variable) => {
  const app = { variables: { PATH: "/bin" } } as unknown as App;
  const project = { settings: [], detect: { variable } } as unknown as Project;
  const given = programVariables(app, project, { name: "development" } as Environment, "a layer");
  expect(given).toEqual({ PATH: "/bin", RINGFENCE_ENVIRONMENT: "development", RINGFENCE_LAYER: "a layer" });
});
