/**
 * What a text says as a reference: `scheme:` and what the store knows the secret by, `#` and a field of it, `?` and
 * the store's parameters. Percent signs are read as in URLs (RFC 3986), but not in a command or for a project's own store.
 */
import type { SecretReference } from "../ports/secret-store.ts";

/** A reference taken apart. */
export interface ReadReference {
  readonly kind: "reference";
  readonly secret: SecretReference;
  /** Path of a member of the secret, with dots; undefined: all of it. */
  readonly field: string | undefined;
  /** The same for all references to one secret, whatever the field. */
  readonly key: string;
}

/** A text that begins as a reference does and is none. */
export interface UnreadableReference {
  readonly kind: "invalid";
  readonly why: string;
  readonly fix: string;
}

/** What each built-in scheme takes. */
interface Form {
  readonly example: string;
  readonly path: RegExp;
  readonly parameters: readonly string[];
}

const FORMS: Readonly<Record<string, Form>> = {
  "aws-sm": {
    example: "aws-sm://shop/production#password",
    path: /^\/\/([^/].*)$/,
    parameters: ["region", "profile", "version", "stage", "kms"],
  },
  "aws-ssm": {
    example: "aws-ssm:///shop/production/password",
    path: /^\/\/(\/?[^/].*)$/,
    parameters: ["region", "profile", "version", "label", "kms"],
  },
  vault: {
    example: "vault://kv/shop/production#password",
    path: /^\/\/([^/]+\/.+)$/,
    parameters: ["version", "mount"],
  },
  "vault-lease": {
    example: "vault-lease://database/creds/shop#username",
    path: /^\/\/([^/]+\/.+)$/,
    parameters: [],
  },
  "aws-sts": {
    example: "aws-sts:arn:aws:iam::123456789012:role/deploy#AccessKeyId",
    path: /^(arn:.+)$/,
    parameters: ["region", "profile", "duration"],
  },
  file: {
    example: "file:///run/secrets/password",
    path: /^(?:\/\/(?=\/))?((?!\/\/)[^?#]+)$/,
    parameters: [],
  },
};

const COMMAND_EXAMPLE = 'cmd:["pass","show","shop/password"]';

const SCHEME = /^([a-z][a-z0-9-]{0,31}):(.*)$/s;

function invalid(why: string, fix: string): UnreadableReference {
  return { kind: "invalid", why, fix };
}

/** Facts of a reference. */
interface Parts {
  readonly text: string;
  readonly scheme: string;
  readonly path: string;
  readonly field: string | undefined;
  readonly parameters?: Readonly<Record<string, string>>;
}

function written({ text, scheme, path, field, parameters = {} }: Parts): ReadReference {
  const sorted = Object.entries(parameters).sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    kind: "reference",
    secret: { text, scheme, path, parameters },
    field,
    key: JSON.stringify([scheme, path, sorted]),
  };
}

/** The words of a `cmd:` reference. */
function commandOf(text: string, rest: string): ReadReference | UnreadableReference {
  const fix = `write it like ${COMMAND_EXAMPLE}`;
  const end = rest.lastIndexOf("]") + 1;
  const [words, behind] = [rest.slice(0, end), rest.slice(end)];
  const field = behind.startsWith("#") && behind.length > 1 ? behind.slice(1) : undefined;
  if (behind !== "" && field === undefined)
    return invalid("behind the words of a command only a #field can stand", fix);
  let given: unknown;
  try {
    given = JSON.parse(words);
  } catch {
    return invalid("the words of a command are a JSON array of texts", fix);
  }
  const list: readonly unknown[] = Array.isArray(given) ? given : [];
  const isWords = list.every((word) => typeof word === "string" && !word.includes("\0"));
  if (!isWords || list.length === 0 || list[0] === "")
    return invalid("the words of a command are a JSON array of texts, the program first", fix);
  return written({ text, scheme: "cmd", path: JSON.stringify(list), field });
}

/** Of a project's own store nothing but the field is ours. */
function ownOf(text: string, scheme: string, rest: string): ReadReference | UnreadableReference | undefined {
  if (!rest.startsWith("//")) return undefined;
  const [path = "", field] = cut(rest.slice(2), "#");
  if (path === "" || path.startsWith("-") || path.includes("\0"))
    return invalid("it names no secret", `write it like ${scheme}://vault/item`);
  return written({ text, scheme, path, field });
}

function cut(text: string, mark: string): [before: string, behind: string | undefined] {
  const at = text.indexOf(mark);
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + mark.length)];
}

/** At most one field and one query, in either order. */
const TAIL = /^(?:#[^?#]*)?(?:\?[^?#]*)?$|^\?[^?#]*#[^?#]*$/;

interface Tail {
  readonly field: string | undefined;
  readonly parameters: readonly (readonly [name: string, value: string])[];
}

function tailOf(tail: string): Tail | UnreadableReference {
  if (!TAIL.test(tail))
    return invalid(
      "more stands behind its path than one #field and one ?query",
      "write %23 for a # and %3F for a ? that belong to a name, and & between parameters",
    );
  // In a URL a plus sign is itself; only the forms of HTML write a space so.
  const query = (/\?([^#]*)/.exec(tail)?.[1] ?? "").replaceAll("+", "%2B");
  return { field: /#([^?]*)/.exec(tail)?.[1], parameters: [...new URLSearchParams(query)] };
}

/** What is wrong with the parameters, if anything is. */
function faultOf(
  parameters: Tail["parameters"],
  scheme: string,
  form: Form,
): UnreadableReference | undefined {
  const names = parameters.map(([name]) => name);
  const unknown = names.find((name) => !form.parameters.includes(name));
  if (unknown !== undefined) {
    const known = form.parameters.join(", ") || "none";
    return invalid(
      `${scheme} has no parameter ${JSON.stringify(unknown)}`,
      `write those that it has: ${known}`,
    );
  }
  const doubled = names.find((name, at) => names.indexOf(name) < at);
  if (doubled === undefined) return undefined;
  return invalid(`the parameter ${doubled} stands there more than once`, `write ${doubled} once`);
}

function builtInOf(
  text: string,
  scheme: string,
  rest: string,
  form: Form,
): ReadReference | UnreadableReference {
  const fix = `write it like ${form.example}`;
  const path = rest.split(/[?#]/, 1)[0]!;
  const found = form.path.exec(path)?.[1];
  if (found === undefined) return invalid(`it names no secret of ${scheme}`, fix);
  const tail = tailOf(rest.slice(path.length));
  if ("kind" in tail) return tail;
  const { field, parameters } = tail;
  if (field === "") return invalid("a # stands there without a field", fix);
  const fault = faultOf(parameters, scheme, form);
  if (fault) return fault;
  try {
    const name = decodeURIComponent(found);
    if (!name.includes("\0"))
      return written({
        text,
        scheme,
        path: name,
        field: field && decodeURIComponent(field),
        parameters: Object.fromEntries(parameters),
      });
  } catch (error) {
    if (!(error instanceof URIError)) throw error;
  }
  return invalid("a percent sign in it begins no escape", "write %25 for a percent sign");
}

/**
 * A secret's text as a reference. Undefined for one that is none: a value.
 *
 * @param own schemes that the project declares
 */
export function readReference(
  text: string,
  own: ReadonlySet<string>,
): ReadReference | UnreadableReference | undefined {
  const found = SCHEME.exec(text);
  if (!found) return undefined;
  const [, scheme = "", rest = ""] = found;
  if (scheme === "cmd") return rest.trimStart().startsWith("[") ? commandOf(text, rest.trim()) : undefined;
  if (own.has(scheme) && !Object.hasOwn(FORMS, scheme)) return ownOf(text, scheme, rest);
  const form = Object.hasOwn(FORMS, scheme) ? FORMS[scheme] : undefined;
  if (!form) return undefined;
  return scheme === "file" || scheme === "aws-sts" || rest.startsWith("//")
    ? builtInOf(text, scheme, rest, form)
    : undefined;
}
