/** Credentials that everybody knows, and texts that stand where one is still to be put. */

const KNOWN = new Set([
  "admin",
  "administrator",
  "changeit",
  "default",
  "demo",
  "guest",
  "letmein",
  "minioadmin",
  "mysecretpassword",
  "p@ssw0rd",
  "pass",
  "passw0rd",
  "password",
  "password1",
  "postgres",
  "qwerty",
  "rabbitmq",
  "redis",
  "root",
  "sa",
  "secret",
  "supersecret",
  "test",
  "toor",
  "user",
  "welcome",
  "123456",
  "12345678",
  "123456789",
]);

/** Parts of a text that say it is none yet; `<…>` has a finding of its own. */
const PLACEHOLDER =
  /change[-_ ]?(me|this|it)|replace[-_ ]?(me|this)|your[-_ ].*[-_ ](here|key|secret|token|password)|^(x{3,}|todo|tbd|fixme|dummy|placeholder|example|none|null|undefined)$|^\*+$/i;

/** True for a value that no environment with real data may have. */
export function isDefaultCredential(text: string): boolean {
  return KNOWN.has(text.trim().toLowerCase()) || PLACEHOLDER.test(text.trim());
}

/** True for an address whose password is one of those, as `postgresql://admin:password@host`. */
export function hasDefaultPassword(text: string): boolean {
  const password = /^[a-z][a-z0-9+.-]*:\/\/[^/?#@]*?:([^/?#@]*)@/i.exec(text)?.[1];
  return password !== undefined && password !== "" && isDefaultCredential(password);
}
