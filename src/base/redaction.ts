/**
 * Where a text loses the secrets that are known. The search for them (`redact.ts`) is loaded by whoever makes one
 * known; a process that knows none, as a run that replaces itself, does without it.
 */

let remove: ((text: string) => string) | undefined;

/** For `redact.ts`: from now on there is something to search for. */
export function redactBy(search: (text: string) => string): void {
  remove = search;
}

/** The text with every known secret value replaced by `[secret]`. */
export function redact(text: string): string {
  return remove ? remove(text) : text;
}
