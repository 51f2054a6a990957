/** A text in double quotes that readers of YAML 1.1 and 1.2 read alike. */

/** JSON's escapes, and those characters escaped that YAML does not print (1.2, 5.1) or that YAML 1.1 takes for line ends. */
export function quotedYaml(text: string): string {
  return JSON.stringify(text).replace(
    /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
