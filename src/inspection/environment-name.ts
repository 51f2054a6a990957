/** Which environment a word of a file's or folder's name means, and how near to customers that one is. */
import type { EnvironmentClass } from "../model/inspection.ts";

export interface NamedEnvironment {
  readonly name: string;
  readonly class: EnvironmentClass;
  /** True where the word means an environment wherever it stands; `test` and `local` only do in such a position. */
  readonly sure: boolean;
}

interface Row {
  readonly class: EnvironmentClass;
  readonly sure: readonly string[];
  readonly unsure: readonly string[];
}

const ROWS: Readonly<Record<string, Row>> = {
  production: { class: "production", sure: ["production", "prod", "prd"], unsure: ["live"] },
  dr: { class: "production", sure: [], unsure: ["dr"] },
  preproduction: { class: "staging", sure: ["preproduction", "preprod"], unsure: ["pre"] },
  staging: { class: "staging", sure: ["staging", "stage", "stg"], unsure: ["stag"] },
  uat: { class: "staging", sure: ["uat"], unsure: ["acceptance"] },
  qa: { class: "testing", sure: ["qa"], unsure: [] },
  test: { class: "testing", sure: [], unsure: ["test", "testing", "tst", "tests"] },
  integration: { class: "testing", sure: [], unsure: ["integration", "int"] },
  ci: { class: "testing", sure: [], unsure: ["ci"] },
  e2e: { class: "testing", sure: [], unsure: ["e2e"] },
  preview: { class: "preview", sure: [], unsure: ["preview", "review", "feature"] },
  demo: { class: "preview", sure: [], unsure: ["demo", "sandbox"] },
  nonprod: { class: "development", sure: ["nonprod", "nonproduction"], unsure: [] },
  development: { class: "development", sure: ["development", "dev", "devel"], unsure: ["develop"] },
  local: { class: "local", sure: [], unsure: ["local", "localhost"] },
};

const WORDS = new Map<string, NamedEnvironment>(
  Object.entries(ROWS).flatMap(([name, row]) => [
    ...row.sure.map((word) => [word, { name, class: row.class, sure: true }] as const),
    ...row.unsure.map((word) => [word, { name, class: row.class, sure: false }] as const),
  ]),
);

/**
 * The environment that a name means: `prod` is production; `prod-eu` and `dev2` keep their names. Undefined for
 * a name that says nothing.
 */
export function environmentOf(written: string): NamedEnvironment | undefined {
  const word = written.toLowerCase();
  const known = WORDS.get(word.replace(/[-_. ]/g, ""));
  if (known) return known;
  const parts = word.split(/[-_.]/);
  for (const part of [parts[0]!, parts.at(-1)!]) {
    const found = WORDS.get(part.replace(/\d+$/, ""));
    if (found && (parts.length > 1 || part !== word || /\d$/.test(word))) {
      return { name: word.replace(/[_.]/g, "-"), class: found.class, sure: found.sure };
    }
  }
  return undefined;
}

/** An environment that is known only by its position beside others. */
export function unknownEnvironment(written: string): NamedEnvironment {
  return { name: written.toLowerCase().replace(/[_.\s]+/g, "-"), class: "other", sure: false };
}

type Named = Pick<NamedEnvironment, "name" | "class">;

const ORDER: readonly EnvironmentClass[] = [
  "local",
  "development",
  "testing",
  "preview",
  "other",
  "staging",
  "production",
];

/** The order on the page: the nearest to customers last. */
export function compareEnvironments(a: Named, b: Named): number {
  return ORDER.indexOf(a.class) - ORDER.indexOf(b.class) || (a.name < b.name ? -1 : a.name > b.name ? 1 : 0);
}
