/** A seed document's layout in a temporary folder, and real commands run in it, as they are typed. */
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Answer } from "../../src/app/host.ts";
import type { CheckView } from "../../src/contract/check.ts";
import type { EnvironmentComparisonView, SettingsDiffView } from "../../src/contract/comparison.ts";
import type { SettingsView } from "../../src/contract/settings.ts";
import type { SettingValue } from "../../src/model/setting.ts";
import { runWords } from "../e2e/command.ts";

export interface SeedOptions {
  readonly variables?: Readonly<Record<string, string>>;
  /** The machine's name. */
  readonly host?: string;
  /** What arrives on standard input. */
  readonly input?: string;
}

export interface SeedScene {
  readonly root: string;
  command(words: string, options?: SeedOptions): Promise<Answer>;
  /** The answer; throws the error where there is one. Findings are none. */
  must<T>(words: string, options?: SeedOptions): Promise<T>;
  /** Values by name, secrets as null. */
  values(environment: string, ...flags: string[]): Promise<Record<string, SettingValue>>;
  /** `severity CODE SETTING` of each finding, sorted. */
  check(environment: string, ...flags: string[]): Promise<string[]>;
  /** What the difference of two environments says of each key. */
  diff(a: string, b: string): Promise<Record<string, { byDesign: boolean; verdict: string; kind: string }>>;
  /** The texts of one row of `env compare`, in the manifest's order. */
  compared(): Promise<(field: string) => string[]>;
  read(path: string): string;
  write(path: string, text: string): void;
  remove(): void;
}

/** @param files text by path, `ringfence.yaml` among them */
export function openSeed(files: Readonly<Record<string, string>>): SeedScene {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "ringfence-seed-")));
  const root = join(folder, "project");
  const home = { RINGFENCE_HOME: join(folder, "home"), PATH: process.env.PATH ?? "" };
  const write: SeedScene["write"] = (path, text) => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  for (const [path, text] of Object.entries(files)) write(path, text);
  const command: SeedScene["command"] = (words, { variables = {}, host = "laptop", input } = {}) =>
    runWords(
      words.split(" "),
      { folder: root, variables: { ...home, ...variables } },
      { options: { host }, ...(input === undefined ? {} : { input }) },
    );
  const must = async <T>(words: string, options?: SeedOptions): Promise<T> => {
    const { answer, error } = await command(words, options);
    if (error) throw error;
    return answer as T;
  };
  return {
    root,
    command,
    must,
    async values(environment, ...flags) {
      const view = await must<SettingsView>(["config show -e", environment, ...flags].join(" "));
      return Object.fromEntries(Object.entries(view.settings).map(([name, { value }]) => [name, value]));
    },
    async check(environment, ...flags) {
      const { findings } = await must<CheckView>(["config check -e", environment, ...flags].join(" "));
      return findings.map(({ severity, code, setting }) => `${severity} ${code} ${setting}`).sort();
    },
    async diff(a, b) {
      const { changes } = await must<SettingsDiffView>(`config diff ${a} ${b}`);
      return Object.fromEntries(
        changes.map(({ key, byDesign, verdict, kind }) => [key, { byDesign, verdict, kind }]),
      );
    },
    async compared() {
      const { rows } = await must<EnvironmentComparisonView>("env compare");
      return (field) =>
        Object.values(rows.find((row) => row.field === field)?.cells ?? {}).map(({ text }) => text);
    },
    read: (path) => readFileSync(join(root, path), "utf8"),
    write,
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
