/** How every command of the catalogue is called over planted secrets; a new command is one line here. */
import { catalogue } from "../../src/app/catalogue.generated.ts";

type Calls = readonly (readonly string[])[];

/** Words behind the command's name, for an environment and an operation that there are: good calls, then failing ones. */
export const CALLS: Readonly<Record<string, (environment: string, operation: string) => Calls>> = {
  approve: (_, id) => [[id]],
  "audit log": (_, id) => [[], ["--operation", id]],
  "audit verify": () => [[]],
  "break-glass close": (e) => [["-e", e]],
  "break-glass list": () => [["--all"]],
  "break-glass open": (e) => [
    ["-e", e, "--for", "5m", "--reason", "a test"],
    ["-e", e],
  ],
  "break-glass review": (_, id) => [[id, "--reason", "a test"]],
  "break-glass seal": (e) => [
    ["-e", e, "--to", "person:ada"],
    ["-e", e, "--to", "nobody"],
  ],
  "config check": (e) => [
    ["-e", e],
    ["-e", e, "--phase", "build"],
    ["-e", e, "--set", "LIMIT=many"],
    ["-e", e, "--probe", "--probe-timeout", "1s"],
  ],
  "config compile": (e) => [["-e", e]],
  "config diff": (e) => [
    [e, "staging"],
    ["production", e],
    [e, `${e}@1.0.0`],
    [e, "nowhere"],
  ],
  "config docs": () => [[]],
  "config explain": (e) =>
    ["PASSWORD", "DATABASE_URL", "COMPOSED", "LIMIT", "COPY", "PASSWRD"].map((key) => [key, "-e", e]),
  "config export": (e) => [["-e", e, "--format", "json", "--only", "NOTHING"]],
  "config fix": (e) => [["-e", e, "--dry-run"]],
  "config history": (e) => [["-e", e]],
  "config matrix": () => [[], ["--differing"], ["--missing"]],
  "config move": () => [
    ["LIMIT", "--to", "config/{env}.yaml", "--dry-run"],
    ["PASSWORD", "--to", "config/{env}.json"],
  ],
  "config rename": () => [
    ["PASSWORD", "PASSPHRASE", "--dry-run"],
    ["TOKN", "TOKEN"],
  ],
  "config record": (e) => [
    ["-e", e, "--reason", "a test"],
    ["-e", e],
  ],
  "config rollback": (e) => [
    ["previous", "-e", e, "--reason", "a test"],
    ["0000", "-e", e, "--reason", "no"],
  ],
  "config scan": () => [[]],
  "config set": (e) => [
    ["LIMIT", "2", "-e", e, "--dry-run"],
    ["PASSWORD", "x", "-e", e],
  ],
  "config sync": (e) => [["staging", e, "--dry-run"]],
  "config test": () => [[], ["--min-parity", "100"]],
  "config unset": (e) => [
    ["DATABASE_URL", "-e", e, "--dry-run"],
    ["PASSWORD", "-e", e],
  ],
  "config schema": (e) => [["-e", e]],
  "config show": (e) => [
    ["-e", e],
    ["-e", e, "--set", "LIMIT=many"],
  ],
  "config split": () =>
    ["DATABASE_URL", "COMPOSED", "PASSWORD"].map((key) => [key, "--into", `host=${key}_HOST`]),
  "config types": () => [[]],
  eject: (e) => [["-e", e, "--dry-run"]],
  "env compare": () => [[]],
  "env create": () => [["qa", "--kind", "testing", "--dry-run"]],
  "env list": () => [[]],
  "env stop": (e) => [["-e", e]],
  "identity create": (e) => [["-e", e]],
  "identity lock": (e) => [["-e", e]],
  init: () => [["--here", "--dry-run"], []],
  inspect: () => [["--all"], ["--strict"]],
  isolation: (e) => [[], ["-e", e]],
  "me init": () => [["--name", "ada"]],
  "operation list": () => [[]],
  "operation resume": (_, id) => [[id], [id, "--undo"]],
  "operation show": (_, id) => [[id], ["op_1"]],
  promote: (e) => [
    ["1.0.0", "--to", e, "--dry-run"],
    ["9.0.0", "--to", e],
    ["1.0.0", "--to", "production"],
  ],
  "release create": () => [["1.1.0", "--dry-run"], ["1.0.0"]],
  "release lift": () => [["1.0.0", "--reason", "a test"]],
  "release list": () => [[]],
  "release show": () => [["1.0.0"], ["9.0.0"]],
  rollback: (e) => [[e]],
  "secret accept": (e) => [
    ["-e", e, "--reason", "a test"],
    ["-e", e],
  ],
  "secret access": (e) => [[], ["PASSWORD", "-e", e], ["PASSWRD"]],
  "secret bind": (e) => [
    ["PASSWORD", "--to", "vault://kv/{env}", "-e", e],
    ["PASSWORD", "--to", "file:planted", "--adopt", "-e", e],
  ],
  "secret push": (e) => [
    ["PASSWORD", "-e", e],
    ["PASSWRD", "-e", e],
  ],
  "secret copy": (e) => [
    ["PASSWORD", "--from", "staging", "-e", e, "--reason", "a test", "--dry-run"],
    ["PASSWRD", "--from", e, "-e", "staging", "--reason", "a test"],
  ],
  "secret edit": (e) => [["-e", e]],
  "secret git-setup": () => [["--dry-run"]],
  "secret merge": (e) => [
    [`secrets/${e}.yaml`, `secrets/${e}.yaml`, "secrets/staging.yaml", `secrets/${e}.yaml`],
    ["ringfence.yaml", "ringfence.yaml", "ringfence.yaml", "ringfence.yaml"],
  ],
  "secret recipients add": (e) => [
    ["person:nobody", "-e", e],
    ["role:owner", "-e", e, "--dry-run"],
  ],
  "secret recipients apply": (e) => [["-e", e, "--dry-run"]],
  "secret recipients list": (e) => [["-e", e]],
  "secret recipients remove": (e) => [["person:nobody", "-e", e]],
  "secret report": (e) => [
    ["--by", "secret"],
    ["-e", e, "--since", "30d"],
    ["--since", "soon"],
  ],
  "secret revoke": () => [["nobody"], ["machine:ci", "--dry-run"]],
  "secret revoked": () => [["--all"]],
  "secret textconv": (e) => [[`secrets/${e}.yaml`], ["ringfence.yaml"]],
  "secret unset": (e) => [
    ["PASSWORD", "-e", e, "--dry-run"],
    ["PASSWRD", "-e", e],
  ],
  "secret get": (e) => [
    ["PASSWRD", "-e", e],
    ["PASSWORD", "-e", "staging"],
  ],
  "secret hook install": () => [["--dry-run"]],
  "secret hook remove": () => [[]],
  "secret list": (e) => [["-e", e]],
  "secret retire": (e) => [
    ["-e", e],
    ["PASSWORD", "-e", e],
  ],
  "secret rollback": (e) => [["PASSWORD", "-e", e]],
  "secret rotate": (e) => [
    ["PASSWORD", "-e", e],
    ["PASSWRD", "-e", e],
    ["--due", "-e", e, "--dry-run"],
  ],
  "secret status": (e) => [[], ["-e", e]],
  "secret scan": () => [[], ["--history"], ["--staged"], ["--output", "."], ["--accept", "a test"]],
  "secret set": (e) => [["NUMBER", "-e", e], ["NO-NAME", "-e", e], ["NUMBER", "-e", "staging"], ["NUMBER"]],
  status: () => [[]],
  trust: () => [["--yes"]],
  "trust revoke": () => [["--dry-run"]],
  "trust show": () => [[]],
  which: (e) => [
    ["-e", e],
    ["-e", "nowhere"],
  ],
};

/** Flags that make a command print another form of its answer. */
const FORMS = ["markdown", "sarif", "junit", "html"];

/** Every way to print the answer of a call. */
function variants(name: string, words: readonly string[]): string[][] {
  const item = catalogue.find((one) => one.name === name)!;
  const call = [...name.split(" "), ...words];
  const forms = item.flags
    .filter((flag) => FORMS.includes(flag.name))
    .map((flag) => [...call, `--${flag.name}`]);
  const format = item.flags.find((flag) => flag.name === "format");
  const formats = (format?.values ?? []).map((value) => [...call, "--format", value]);
  const dryRun = item.form === "operation" && !call.includes("--dry-run") ? [[...call, "--dry-run"]] : [];
  return [[...call, "--json"], call, ...forms, ...formats, ...dryRun];
}

/** Every way to call a command and to print what it answers; and as a person who is not known. */
export function everyCall(name: string, environment: string, operation: string): string[][] {
  const calls = CALLS[name]!(environment, operation);
  const asNobody = [...name.split(" "), ...calls[0]!, "--as", "nobody", "--json"];
  return [...calls.flatMap((words) => variants(name, words)), asNobody];
}

/** A command's first call, as JSON. */
export function firstCall(name: string, environment: string, operation: string): string[][] {
  return everyCall(name, environment, operation).slice(0, 1);
}

/** The same, also for people. */
export function firstCalls(name: string, environment: string, operation: string): string[][] {
  return everyCall(name, environment, operation).slice(0, 2);
}
