/** Node's cryptography, loaded when it is first needed: loading it costs a fifth of a bare start of Node. */

let loaded: typeof import("node:crypto") | undefined;

/** The module `node:crypto`. */
export function nodeCrypto(): typeof import("node:crypto") {
  loaded ??= process.getBuiltinModule("node:crypto");
  return loaded;
}
