/**
 * What a comment beside a key says, as the key's description. A comment may hold an old password or a key that was
 * commented out: only words that can't be either are taken.
 */

import { passwordIn } from "../../model/credential-text.ts";
import { credentialShapeIn } from "../../model/provider-format.ts";
import { environmentOf } from "../environment-name.ts";
import { looksRandom } from "../secret-shape.ts";

const LONGEST = 160;
const SHORTEST_WORDS = 3;
/** Letters and digits in one word: S3 and HTTP2 are names, what is longer may be a password. */
const SHORTEST_MIXED = 6;
/** A commented-out key, a heading, a line of a drawing, a directive of a tool. */
const NO_SENTENCE =
  /^[\w.-]+\s*[=:]|^[\W_]{2,}|[-=*#~_]{3,}|^(?:eslint|prettier|yaml-language|vim|region|endregion|!)\b/i;
/** A secret's word and then what may be the secret. */
const TELLS =
  /\b(?:pass\w*|pwd|pw|secrets?|tokens?|keys?|credentials?|login|auth)\b["']?\s*(?:is|was|are|=|:|-|→|>|\()/i;
const SECRET_WORD = /pass|pwd|secret|token|key|credential|login|auth/i;
const CONTROLS = /[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/;

function isSafe(comment: string, known: readonly string[]): boolean {
  if (CONTROLS.test(comment) || TELLS.test(comment) || passwordIn(comment) || credentialShapeIn(comment))
    return false;
  if (/[=@`"!$%^&*+|~<>{}[\]\\]|:\/\/|(?:^|\s)'|'(?:$|\s)/.test(comment)) return false;
  // Punctuation with no space behind it is no sentence's: what it joins is one word.
  const joined = comment.split(/\s+/).filter((word) => /[,;:()?#/][^\s,;:()]/.test(word));
  if (joined.some((word) => /[a-z]/i.test(word) && /\d/.test(word))) return false;
  const words = comment.split(/[\s,;()]+/);
  if (words.some((word) => word.length >= SHORTEST_MIXED && /[a-z]/i.test(word) && /\d/.test(word)))
    return false;
  // Where it speaks of secrets, a word with a digit or with capitals inside may be one.
  const strict = SECRET_WORD.test(comment);
  if (words.some((word) => looksRandom(word) || (strict && (/\d/.test(word) || /[a-z][A-Z]/.test(word)))))
    return false;
  return !known.some((value) => comment.includes(value));
}

/**
 * The description in a comment; undefined for one that is none, or might hold a secret.
 *
 * @param known values that must stand nowhere
 */
export function describedBy(comment: string, known: readonly string[]): string | undefined {
  const text = comment.trim();
  const words = text.split(/\s+/);
  const heading = words.length < SHORTEST_WORDS || environmentOf(words[0]!) !== undefined;
  if (heading || text.length > LONGEST || NO_SENTENCE.test(text)) return undefined;
  return isSafe(text, known) ? text : undefined;
}

const COMMENT_LINE = /^\s*#(?!#)\s?(.*)$/;

/**
 * The comment that belongs to the key of a line: behind its value, else in the lines directly above it.
 *
 * @param lines of a format whose comments begin with `#`
 * @param line counted from 1
 * @param hashed true where the value itself may hold a `#`
 */
export function commentAt(lines: readonly string[], line: number, hashed: boolean): string | undefined {
  const own = lines[line - 1] ?? "";
  const behind = hashed ? undefined : /\s#\s*([^#]+)$/.exec(own)?.[1];
  if (behind !== undefined) return behind;
  const above: string[] = [];
  for (let at = line - 2; at >= 0; at--) {
    const comment = COMMENT_LINE.exec(lines[at] ?? "")?.[1];
    if (comment === undefined) break;
    above.unshift(comment.trim());
  }
  return above.length > 0 ? above.join(" ") : undefined;
}
