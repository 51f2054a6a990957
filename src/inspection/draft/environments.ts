/** The environments of a draft: their kinds by what inspection takes them for, and their names in paths. */
import type { EnvironmentClass } from "../../model/inspection.ts";
import type { KindName } from "../../model/kind.ts";
import { FORMATS } from "../../model/manifest-formats.ts";
import type { SourceFile } from "../discovery.ts";
import { compareEnvironments } from "../environment-name.ts";
import type { DraftEnvironment } from "./draft.ts";

/** A name that tells no kind gets the strictest: nothing is loosened by not knowing. */
const KINDS: Readonly<Record<EnvironmentClass, KindName>> = {
  local: "local",
  development: "development",
  testing: "testing",
  preview: "preview",
  staging: "staging",
  production: "production",
  other: "production",
};

function kindOf(name: string, near: EnvironmentClass): KindName {
  if (name === "dr") return "disaster-recovery";
  return name === "integration" ? "integration" : KINDS[near];
}

/** The word that stands for the environment in most of its paths where its own name does not. */
function shortOf(name: string, files: readonly SourceFile[]): string | undefined {
  const words = files.flatMap(({ environment, mark }) =>
    environment?.name === name && mark && mark.written !== name && FORMATS.name.pattern.test(mark.written)
      ? [mark.written]
      : [],
  );
  const count = (word: string) => words.filter((other) => other === word).length;
  return [...new Set(words)].sort((a, b) => count(b) - count(a))[0];
}

/** @param files those that become layers @returns the nearest to customers last */
export function draftEnvironments(files: readonly SourceFile[]): DraftEnvironment[] {
  const named = new Map(
    files.flatMap(({ environment }) =>
      environment && FORMATS.name.pattern.test(environment.name) ? [[environment.name, environment]] : [],
    ),
  );
  const taken = new Set(named.keys());
  return [...named.values()].sort(compareEnvironments).map(({ name, class: near }) => {
    const short = shortOf(name, files);
    const free = short !== undefined && !taken.has(short);
    if (free) taken.add(short);
    return { name, kind: kindOf(name, near), short: free ? short : undefined, certain: near !== "other" };
  });
}
