/**
 * A value as one layer or a command line writes it, and how it is written in a layer of another format so that it
 * means the same there: references stay references, and what only looks like one stays text.
 */
import { isDeepStrictEqual } from "node:util";
import type { DotenvDialect } from "../../model/layer.ts";
import type { SettingDeclaration, SettingValue } from "../../model/setting.ts";
import { plainText, typeValue } from "../../model/setting-value.ts";
import { DIALECTS } from "../dotenv.ts";
import type { LayerEntry } from "../layer-entry.ts";
import { parseTemplate, type TemplatePart } from "../template.ts";

/** What a layer's entry says of its value. */
export type WrittenValue = Pick<LayerEntry, "value" | "text" | "interpolated" | "syntax">;

/** A text as it is typed on a command line, with references in Ringfence's own syntax. @param literal it has none */
export function typedText(text: string, literal: boolean): WrittenValue {
  return { value: text, text, interpolated: !literal };
}

/** One text for all ways to write the same in any format: literal text and references, before anything is filled in. */
export function meaningOf(written: WrittenValue): string {
  const { text, value, interpolated, syntax } = written;
  if (!interpolated) return JSON.stringify([typeof value === "string" ? value : text].filter(Boolean));
  const template = parseTemplate(text, syntax);
  // What is no template is compared as it stands, and equals no template.
  return template.ok ? JSON.stringify(comparable(template.parts)) : `!${text}`;
}

/** Why a value can't be written in a layer. Quotes nothing of the value. */
export class Unwritable {
  readonly why: string;

  constructor(why: string) {
    this.why = why;
  }
}

/** Parts as they can be compared between syntaxes: what a plain reference to nothing does is left out. */
function comparable(parts: readonly TemplatePart[]): unknown {
  return parts.map((part) => {
    if (typeof part === "string") return part;
    const { name, otherwise } = part;
    if (otherwise === undefined || otherwise.kind === "blank") return { name };
    if (otherwise.kind === "required") return { name, otherwise };
    return { name, otherwise: { ...otherwise, parts: comparable(otherwise.parts) } };
  });
}

function escaped(text: string): string {
  return text.replaceAll("${", "$$${");
}

function escapedDeep(value: SettingValue): SettingValue {
  if (typeof value === "string") return escaped(value);
  if (Array.isArray(value)) return value.map(escapedDeep);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, escapedDeep(item)]));
}

/** The parts in Ringfence's syntax as far as it has words for them; whoever uses it reads it back. */
function spelled(parts: readonly TemplatePart[]): string {
  const texts = parts.map((part) => {
    if (typeof part === "string") return escaped(part);
    const { name, otherwise } = part;
    if (otherwise?.kind === "default") return `\${${name}:-${spelled(otherwise.parts)}}`;
    return otherwise?.kind === "required" ? `\${${name}:?${otherwise.message}}` : `\${${name}}`;
  });
  return texts.join("");
}

/** What is written for these parts, in Ringfence's own syntax. */
export function writtenParts(parts: readonly TemplatePart[]): WrittenValue {
  const interpolated = hasReferences(parts);
  const text = interpolated ? spelled(parts) : parts.join("");
  return { value: text, text, interpolated };
}

/** @throws Unwritable */
function partsOf({ text, syntax }: WrittenValue): readonly TemplatePart[] {
  const template = parseTemplate(text, syntax);
  if (template.ok) return template.parts;
  throw new Unwritable(template.why);
}

function hasReferences(parts: readonly TemplatePart[]): boolean {
  return parts.some((part) => typeof part !== "string");
}

/** The literal text of a value; undefined where it has references. @throws Unwritable */
function literalOf(written: WrittenValue): string | undefined {
  if (!written.interpolated) return typeof written.value === "string" ? written.value : written.text;
  const parts = partsOf(written);
  return hasReferences(parts) ? undefined : parts.join("");
}

/** The text that has these parts in a syntax. @throws Unwritable where it has no words for one of them */
function spelledFor(written: WrittenValue, target: WrittenValue["syntax"]): string {
  const parts = partsOf(written);
  for (const text of [written.text, spelled(parts)]) {
    const again = text.includes("\u0000") ? undefined : parseTemplate(text, target);
    if (again?.ok && isDeepStrictEqual(comparable(again.parts), comparable(parts))) return text;
  }
  throw new Unwritable("its references can't be written in this layer's syntax");
}

/** What a text is in a format that has numbers, booleans and lists; the text itself unless that reads back as it. */
function naturalValue(text: string, type: SettingDeclaration["type"] | undefined): SettingValue {
  if (type === undefined || text === "") return text;
  const typing = { type, values: undefined, pattern: undefined, min: undefined, max: undefined };
  const typed = typeValue(typing, { value: text, text });
  if (!typed.fits) return text;
  const { value } = typed;
  if (type === "list" || type === "object") return value;
  const isNatural = typeof value === "number" || typeof value === "boolean";
  return isNatural && plainText(value) === text ? value : text;
}

/** The type of what an undeclared setting has already. */
function typeOf(present: SettingValue | undefined): SettingDeclaration["type"] | undefined {
  if (typeof present === "number") return "number";
  if (typeof present === "boolean") return "boolean";
  if (Array.isArray(present)) return "list";
  return typeof present === "object" && present !== null ? "object" : undefined;
}

/**
 * The value for a layer of YAML, JSON, TOML or tfvars: a number, boolean or list where the declaration says so, or
 * for an undeclared one what the layer has already.
 *
 * @throws Unwritable
 */
export function treeValue(
  written: WrittenValue,
  declaration: SettingDeclaration | undefined,
  present: SettingValue | undefined,
): SettingValue {
  const { value, interpolated } = written;
  if (value !== null && typeof value === "object") return interpolated ? value : escapedDeep(value);
  if (value === null) return null;
  // A number keeps the text of its file: 1.10 may be a version.
  if (typeof value !== "string" && plainText(value) === written.text) return value;
  const literal = literalOf(written);
  if (literal === undefined) return spelledFor(written, "ringfence");
  return escapedDeep(naturalValue(literal, declaration?.type ?? typeOf(present)));
}

/** The text for a `.env` layer. @throws Unwritable */
export function dotenvText(
  written: WrittenValue,
  dialect: DotenvDialect,
): { readonly text: string; readonly interpolated: boolean } {
  const literal = literalOf(written);
  if (literal !== undefined) return { text: literal, interpolated: false };
  const { syntax } = DIALECTS[dialect];
  if (syntax === undefined) throw new Unwritable(`the dialect ${dialect} has no references`);
  return { text: spelledFor(written, syntax), interpolated: true };
}
