/** The forms that a SOPS file can have, told by its name; where that says nothing, by its content. */

export type SopsForm = "yaml" | "json" | "dotenv";

/** The form that a file's name asks for; undefined for a name that says nothing. */
export function formOf(file: string): SopsForm | undefined {
  const base = file.split("/").at(-1)!;
  if (/\.ya?ml$/i.test(base)) return "yaml";
  if (/\.json$/i.test(base)) return "json";
  return /\.env$|^\.env/i.test(base) ? "dotenv" : undefined;
}

/** The form of a text that is a SOPS file under a name that says nothing. */
export function formOfText(text: string): SopsForm {
  if (text.trimStart().startsWith("{")) return "json";
  return /^sops_(version|mac)=/m.test(text) ? "dotenv" : "yaml";
}
