/** A value cut into templates: what is read once, so that order and evaluation only walk over it. */
import type { SettingValue } from "../model/setting.ts";
import type { RawValue } from "../model/setting-value.ts";
import { LITERAL_DOLLAR } from "./layer-entry.ts";
import { namesIn, parseTemplate, type TemplatePart, type TemplateSyntax } from "./template.ts";

/** One template for a text, one for each text inside a list or object, and for each source of a merged value. */
export type Shape =
  | { readonly kind: "text"; readonly parts: readonly TemplatePart[] }
  | { readonly kind: "list"; readonly items: readonly Shape[] }
  | { readonly kind: "map"; readonly entries: readonly (readonly [string, Shape])[] }
  | {
      readonly kind: "merged";
      readonly parts: readonly { readonly shape: Shape; readonly text: string }[];
      readonly combine: (values: readonly RawValue[]) => SettingValue;
    }
  | { readonly kind: "fixed"; readonly value: SettingValue };

/**
 * @param text for a text, what interpolation reads; inside lists and objects it is the text itself
 * @param refuse is told why a text is no template
 */
export function shapeOf(
  value: SettingValue,
  text: string | undefined,
  refuse: (why: string) => void,
  syntax?: TemplateSyntax,
): Shape {
  if (typeof value === "string") {
    const template = parseTemplate(text ?? value, syntax);
    if (template.ok) return { kind: "text", parts: template.parts };
    refuse(template.why);
  } else if (Array.isArray(value)) {
    return { kind: "list", items: value.map((item) => shapeOf(item, undefined, refuse)) };
  } else if (value !== null && typeof value === "object") {
    const entries = Object.entries(value);
    return { kind: "map", entries: entries.map(([key, item]) => [key, shapeOf(item, undefined, refuse)]) };
  }
  return { kind: "fixed", value };
}

/** False where nothing in it can be a reference: nearly every value, so that those cost nothing more. */
export function mayRefer(value: SettingValue, text: string): boolean {
  if (typeof value === "string") return text.includes("$") || text.includes(LITERAL_DOLLAR);
  return (
    value !== null &&
    typeof value === "object" &&
    Object.values(value).some((item) => mayRefer(item, item as string))
  );
}

/** The names that a value may read. */
export function* namesOf(shape: Shape): Iterable<string> {
  if (shape.kind === "text") yield* namesIn(shape.parts);
  if (shape.kind === "list") for (const item of shape.items) yield* namesOf(item);
  if (shape.kind === "merged") for (const part of shape.parts) yield* namesOf(part.shape);
  if (shape.kind === "map") for (const [, item] of shape.entries) yield* namesOf(item);
}

/** The same template with its references to one name leading to another. */
export function redirected(parts: readonly TemplatePart[], from: string, to: string): TemplatePart[] {
  return parts.map((part) => {
    if (typeof part === "string") return part;
    const { name, otherwise } = part;
    const inside =
      otherwise?.kind === "default" || otherwise?.kind === "alternative"
        ? { ...otherwise, parts: redirected(otherwise.parts, from, to) }
        : otherwise;
    return { name: name === from ? to : name, otherwise: inside };
  });
}
