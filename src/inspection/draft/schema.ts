/** The inferred schema: what all environments' values of a name have in common. */

import { isPlaceholder } from "../../model/credential-text.ts";
import { FORMATS } from "../../model/manifest-formats.ts";
import { isNamedIn } from "../../model/project.ts";
import { isReference, isSecretName, secretKind } from "../secret-shape.ts";
import { shownName } from "../shown-value.ts";
import { describedBy } from "./doc-comment.ts";
import type { DraftEnvironment, DraftSetting } from "./draft.ts";
import { guessType, type SeenValue } from "./type-guess.ts";

/** One name with all that the files say of it. */
export interface SeenSetting {
  readonly name: string;
  /** By environment; those without a value are left out. */
  readonly values: ReadonlyMap<string, SeenValue>;
  /** Comments beside the key, the lowest layer's first. */
  readonly comments: readonly string[];
}

/** A name that can't be declared. */
export interface Undeclared {
  /** As it may be shown. */
  readonly name: string;
  readonly why: string;
}

export interface InferredSchema {
  readonly settings: readonly DraftSetting[];
  readonly undeclared: readonly Undeclared[];
}

const NO_CREDENTIAL = /^(?:true|false|yes|no|on|off|\d{1,6}[a-z]{0,2})$/i;

function isSecret(name: string, seen: readonly SeenValue[]): boolean {
  if (seen.some(({ text }) => secretKind(name, text) !== undefined)) return true;
  return isSecretName(name) && !seen.some(({ text }) => NO_CREDENTIAL.test(text));
}

/** Values of secrets, for what must not hold one. Shorter ones stand in ordinary words. */
const SHORTEST_KNOWN = 4;

function requiredIn(
  values: SeenSetting["values"],
  environments: readonly DraftEnvironment[],
): DraftSetting["required"] {
  const having = environments.filter(({ name }) => (values.get(name)?.text ?? "") !== "");
  if (having.length === environments.length) return true;
  const names = having.map(({ name }) => name);
  // A name may be a kind's as well, and would then mean more environments than it should.
  const meant = environments.filter(({ name, kind }) => isNamedIn({ name, kind } as never, names));
  return meant.length === having.length && names.length > 0 ? names : false;
}

function whyUndeclared(name: string, variable: string): string | undefined {
  if (name === variable) return "it names the environment, which the selection decides";
  if (!FORMATS.variable.pattern.test(name)) return "no name of a variable";
  return shownName(name) === name ? undefined : "its name looks like a secret";
}

/** @param variable the variable that names the environment */
export function inferSchema(
  seen: readonly SeenSetting[],
  environments: readonly DraftEnvironment[],
  variable: string,
): InferredSchema {
  const undeclared: Undeclared[] = [];
  const declared = seen.filter(({ name }) => {
    const why = whyUndeclared(name, variable);
    if (why !== undefined) undeclared.push({ name: shownName(name), why });
    return why === undefined;
  });
  const secrets = new Set(
    declared.filter(({ name, values }) => isSecret(name, [...values.values()])).map(({ name }) => name),
  );
  const known = seen
    .filter(({ name }) => secrets.has(name) || !declared.some((one) => one.name === name))
    .flatMap(({ values }) => [...values.values()].map(({ text }) => text))
    .filter((text) => text.length >= SHORTEST_KNOWN && !isPlaceholder(text) && !isReference(text));
  const settings = declared.map(({ name, values, comments }): DraftSetting => {
    const secret = secrets.has(name);
    const guess = guessType(name, [...values.values()]);
    const typed = !secret || guess.type === "url" ? guess : { type: "string" as const, values: undefined };
    const doc = comments.map((comment) => describedBy(comment, known)).find((text) => text !== undefined);
    return { name, ...typed, secret, required: requiredIn(values, environments), doc };
  });
  return { settings, undeclared };
}
