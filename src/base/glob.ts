/** Patterns in which `*` stands for any run of characters, also none; everything else means itself. */

/** A pattern read once: true when the whole text fits. Linear for each `*`: no pattern takes long. */
export function globMatcher(pattern: string): (text: string) => boolean {
  const parts = pattern.split("*");
  const first = parts[0]!;
  if (parts.length === 1) return (text) => text === first;
  const last = parts.at(-1)!;
  const between = parts.slice(1, -1);
  return (text) => {
    if (text.length < first.length + last.length || !text.startsWith(first) || !text.endsWith(last))
      return false;
    // The earliest place for each part in between leaves the most room for the rest: no way back is needed.
    let at = first.length;
    const end = text.length - last.length;
    for (const part of between) {
      const found = text.indexOf(part, at);
      if (found < 0 || found + part.length > end) return false;
      at = found + part.length;
    }
    return true;
  };
}

/** True when the whole text fits. For one pattern and many texts, {@link globMatcher} reads the pattern once. */
export function globMatches(pattern: string, text: string): boolean {
  return globMatcher(pattern)(text);
}
