/** Text of a project on its way to a terminal: nothing in it may move the cursor, hide or turn round what is read. Pure. */

/** Control and format characters (Unicode Cc and Cf: escapes, overrides of direction, what has no width) as `\u{1b}`. */
export function visible(text: string): string {
  return text.replace(
    /[\p{Cc}\p{Cf}\u2028\u2029]/gu,
    (character) => `\\u{${character.codePointAt(0)!.toString(16)}}`,
  );
}
