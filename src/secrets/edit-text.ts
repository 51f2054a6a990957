/**
 * Secrets as a text for an editor: one `NAME=value` a line. A value is what stands there to the end of the line, so that
 * nothing in a password means anything; what does not fit on a line so stands in double quotes, as a JSON string.
 */

type Values = Readonly<Record<string, string>>;

/** What an edited text says, or every line that says nothing that can be kept. Quotes no value. */
export type EditedSecrets =
  | { readonly ok: true; readonly values: Values }
  | { readonly ok: false; readonly mistakes: readonly string[] };

const PLAIN = /^(?!["'])\S(?:.*\S)?$/;
const LINE = /^([A-Za-z_][A-Za-z0-9_]*)\s*=(.*)$/;

function spelled(value: string): string {
  return PLAIN.test(value) && !/[\p{Cc}\u2028\u2029]/u.test(value) ? value : JSON.stringify(value);
}

/** @param head what stands above, as comments */
export function secretsText(values: Values, head: readonly string[]): string {
  const comments = head.map((line) => `# ${line}\n`);
  return [...comments, ...Object.entries(values).map(([name, value]) => `${name}=${spelled(value)}\n`)].join(
    "",
  );
}

/** Undefined for quotes that don't fit. */
function valueIn(written: string): string | undefined {
  const text = written.trim();
  if (text.startsWith("'")) return /^'[^']*'$/.test(text) ? text.slice(1, -1) : undefined;
  if (!text.startsWith('"')) return text;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "string" ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Reads what {@link secretsText} writes, and what people make of it. */
export function parseSecretsText(text: string): EditedSecrets {
  const values = new Map<string, string>();
  const mistakes: string[] = [];
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (line.trim() === "" || line.trimStart().startsWith("#")) continue;
    const [, name, written] = LINE.exec(line.trimStart()) ?? [];
    const value = written === undefined ? undefined : valueIn(written);
    if (name === undefined) mistakes.push(`line ${index + 1} is no NAME=value`);
    else if (value === undefined) mistakes.push(`line ${index + 1}: the quotes of ${name} don't fit`);
    else if (value === "" && written?.trim() === "")
      mistakes.push(`line ${index + 1}: ${name} has no value; delete the line to take it out`);
    else if (values.has(name)) mistakes.push(`line ${index + 1}: ${name} stands there twice`);
    else values.set(name, value);
  }
  return mistakes.length > 0 ? { ok: false, mistakes } : { ok: true, values: Object.fromEntries(values) };
}
