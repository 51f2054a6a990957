/**
 * Reads from one TypeScript file what the house rules ask about: imports, exports, functions, error codes, the
 * opening comment. It judges nothing; `house-rules.ts` does.
 */
import { parseAst } from "rolldown/parseAst";

export interface Import {
  /** As written. */
  readonly specifier: string;
  readonly kind: "value" | "type" | "dynamic";
  /** Exported names that it takes; `*` for all of them. */
  readonly names: readonly string[];
  readonly line: number;
}

export interface Export {
  readonly name: string;
  readonly kind: "value" | "type";
  readonly line: number;
}

export interface FunctionSize {
  readonly name: string;
  readonly line: number;
  readonly lines: number;
  /** An argument of `describe(…)`, `test(…)` and their like. */
  readonly testCallback: boolean;
}

/** One source file. */
export interface Module {
  /** Relative to the project's root, forward slashes. */
  readonly path: string;
  readonly text: string;
  readonly lines: number;
  readonly imports: readonly Import[];
  readonly exports: readonly Export[];
  readonly functions: readonly FunctionSize[];
  /** Keys of the object that is given to `errorCatalogue`. */
  readonly errorCodes: readonly { readonly code: string; readonly line: number }[];
  /** First paragraph of the comment that the file opens with. */
  readonly opening: string | undefined;
}

interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [field: string]: unknown;
}

interface Collected {
  readonly imports: Import[];
  readonly exports: Export[];
  readonly functions: FunctionSize[];
  readonly errorCodes: { code: string; line: number }[];
}

type LineOf = (offset: number) => number;

const TEST_CALLS = /^(describe|test|it|suite|beforeAll|beforeEach|afterAll|afterEach)$/;

/** @throws a parse error when the text is no TypeScript. */
export function parseModule(path: string, text: string): Module {
  const ends = [...text.matchAll(/\n/g)].map((match) => match.index);
  const lineOf: LineOf = (offset) => ends.filter((end) => end < offset).length + 1;
  const collected: Collected = { imports: [], exports: [], functions: [], errorCodes: [] };
  const program = parseAst(text, { lang: "ts" }, path) as unknown as Node;
  walk(program, [], (node, parents) => {
    collectImports(node, lineOf, collected);
    collectExports(node, lineOf, collected);
    collectFunctions(node, parents, lineOf, collected);
    collectErrorCodes(node, lineOf, collected);
  });
  const lines = text === "" ? 0 : ends.length + (text.endsWith("\n") ? 0 : 1);
  return { path, text, lines, opening: openingOf(text), ...collected };
}

function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && typeof (value as Node).type === "string";
}

function nodesOf(value: unknown): Node[] {
  return Array.isArray(value) ? value.filter(isNode) : isNode(value) ? [value] : [];
}

function walk(
  node: Node,
  parents: readonly Node[],
  visit: (node: Node, parents: readonly Node[]) => void,
): void {
  visit(node, parents);
  const inner = [...parents, node];
  for (const value of Object.values(node)) for (const child of nodesOf(value)) walk(child, inner, visit);
}

/** The text of an identifier or string literal; undefined for anything else. */
function nameOf(value: unknown): string | undefined {
  if (!isNode(value)) return undefined;
  const text = value.name ?? value.value;
  return typeof text === "string" ? text : undefined;
}

function collectImports(node: Node, lineOf: LineOf, { imports }: Collected): void {
  const specifier = nameOf(node.source);
  if (specifier === undefined) return;
  const line = lineOf(node.start);
  const parts = nodesOf(node.specifiers);
  const allTypes = (kind: string) => parts.length > 0 && parts.every((part) => part[kind] === "type");
  switch (node.type) {
    case "ImportDeclaration": {
      const kind = node.importKind === "type" || allTypes("importKind") ? "type" : "value";
      const names = parts.map((part) =>
        part.type === "ImportSpecifier"
          ? nameOf(part.imported)!
          : part.type === "ImportDefaultSpecifier"
            ? "default"
            : "*",
      );
      imports.push({ specifier, kind, names, line });
      break;
    }
    case "ExportNamedDeclaration": {
      const kind = node.exportKind === "type" || allTypes("exportKind") ? "type" : "value";
      imports.push({ specifier, kind, names: parts.map((part) => nameOf(part.local)!), line });
      break;
    }
    case "ExportAllDeclaration":
      imports.push({ specifier, kind: node.exportKind === "type" ? "type" : "value", names: ["*"], line });
      break;
    case "ImportExpression":
      imports.push({ specifier, kind: "dynamic", names: ["*"], line });
      break;
    case "TSImportType":
      imports.push({ specifier, kind: "type", names: ["*"], line });
      break;
  }
}

function collectExports(node: Node, lineOf: LineOf, { exports }: Collected): void {
  const line = lineOf(node.start);
  if (node.type === "ExportDefaultDeclaration") exports.push({ name: "default", kind: "value", line });
  if (node.type !== "ExportNamedDeclaration") return;
  const kind = node.exportKind === "type" ? "type" : "value";
  for (const part of nodesOf(node.specifiers)) {
    exports.push({
      name: nameOf(part.exported)!,
      kind: part.exportKind === "type" ? "type" : kind,
      line,
    });
  }
  for (const declaration of nodesOf(node.declaration)) {
    const named =
      declaration.type === "VariableDeclaration" ? nodesOf(declaration.declarations) : [declaration];
    for (const { id } of named) {
      const names = isNode(id) && id.type === "Identifier" ? [id.name as string] : patternNames(id);
      for (const name of names) exports.push({ name, kind, line });
    }
  }
}

/** Names that a destructuring pattern binds. */
function patternNames(pattern: unknown): string[] {
  if (!isNode(pattern)) return [];
  if (pattern.type === "Identifier") return [pattern.name as string];
  const inner = [pattern.properties, pattern.elements, pattern.value, pattern.argument, pattern.left];
  return inner.flatMap(nodesOf).flatMap(patternNames);
}

function collectFunctions(
  node: Node,
  parents: readonly Node[],
  lineOf: LineOf,
  { functions }: Collected,
): void {
  if (!/^(FunctionDeclaration|FunctionExpression|ArrowFunctionExpression)$/.test(node.type)) return;
  const parent = parents.at(-1);
  const name = nameOf(node.id) ?? nameOf(parent?.key) ?? nameOf(parent?.id) ?? "anonymous function";
  const line = lineOf(node.start);
  const testCallback =
    parent?.type === "CallExpression" && TEST_CALLS.test(calleeName(parent.callee)) && parent.callee !== node;
  functions.push({ name, line, lines: lineOf(node.end) - line + 1, testCallback });
}

/** `describe` for `describe`, `describe.skipIf(x)` and `` describe.each`…` ``. */
function calleeName(callee: unknown): string {
  if (!isNode(callee)) return "";
  return nameOf(callee) ?? calleeName(callee.object ?? callee.callee ?? callee.tag);
}

function collectErrorCodes(node: Node, lineOf: LineOf, { errorCodes }: Collected): void {
  if (node.type !== "CallExpression" || nameOf(node.callee) !== "errorCatalogue") return;
  const [kinds] = nodesOf(node.arguments);
  for (const property of nodesOf(kinds?.properties)) {
    const code = nameOf(property.key);
    if (code !== undefined) errorCodes.push({ code, line: lineOf(property.start) });
  }
}

/** First paragraph of the block or line comment at the top, after a hash-bang line if there is one. */
function openingOf(text: string): string | undefined {
  const body = text.replace(/^#!.*\n/, "").trimStart();
  const comment = body.startsWith("/*")
    ? body.slice(2, Math.max(0, body.indexOf("*/"))).replace(/^[ \t]*\*+[ \t]?/gm, "")
    : (/^(?:\/\/.*(?:\n|$))+/.exec(body)?.[0] ?? "").replace(/^\/\/[ \t]?/gm, "");
  const paragraph = comment
    .trim()
    .split(/\n[ \t]*\n/)[0]!
    .replace(/\s+/g, " ")
    .trim();
  return paragraph === "" ? undefined : paragraph;
}
