/** Words for a POSIX shell, so that a command in a message works when pasted. */

/** The text as one word: as it is, or in single quotes. */
export function shellWord(text: string): string {
  return /^[\w.,:=@%+/-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

/** Several words as one command. */
export function shellWords(words: readonly string[]): string {
  return words.map(shellWord).join(" ");
}

/** A line to be shown again: what is assigned on it (`--set NAME=VALUE`) may be a secret, and is left out. */
export function shownLine(words: readonly string[]): string {
  return shellWords(words.map((word) => word.replace(/^((?:--set=)?[A-Za-z_]\w*)=.+$/s, "$1=…")));
}
