/** Reads the text of a value into literal texts and references, by the syntax of the layer that it comes from. */
import { LITERAL_DOLLAR } from "./layer-entry.ts";
import { readComposeTemplate } from "./template-compose.ts";
import { readDotenvTemplate } from "./template-dotenv.ts";
import { BadTemplate, type TemplatePart, type TemplateSyntax } from "./template-parts.ts";
import { readRingfenceTemplate } from "./template-ringfence.ts";

export type { Reference, TemplatePart, TemplateSyntax } from "./template-parts.ts";

type Template =
  | { readonly ok: true; readonly parts: readonly TemplatePart[] }
  /** Quotes at most the name of the broken reference, never what else stands in the value. */
  | { readonly ok: false; readonly why: string };

const READERS: Readonly<Record<TemplateSyntax, (text: string) => TemplatePart[]>> = {
  ringfence: readRingfenceTemplate,
  dotenv: readDotenvTemplate,
  compose: readComposeTemplate,
};

/** Reads the text of a value. */
export function parseTemplate(text: string, syntax: TemplateSyntax = "ringfence"): Template {
  if (!text.includes("$") && !text.includes(LITERAL_DOLLAR))
    return { ok: true, parts: text === "" ? [] : [text] };
  try {
    return { ok: true, parts: READERS[syntax](text) };
  } catch (error) {
    if (error instanceof BadTemplate) return { ok: false, why: error.why };
    throw error;
  }
}

/** The names that a template may read, those in defaults and alternatives included. */
export function* namesIn(parts: readonly TemplatePart[]): Iterable<string> {
  for (const part of parts) {
    if (typeof part === "string") continue;
    yield part.name;
    const { otherwise } = part;
    if (otherwise?.kind === "default" || otherwise?.kind === "alternative") yield* namesIn(otherwise.parts);
  }
}
