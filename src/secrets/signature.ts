/**
 * A signature over a secrets file, in a line of its own, so that file and signature change together and other tools
 * pass it by. Anyone can encrypt to public recipients: only the signature says who wrote the file.
 *
 * In YAML and dotenv files it is the first line, a comment. JSON has none: there it is the first member of `sops`,
 * where other tools look for names that they know, and leave this one out when they write the file anew.
 */
import { type Digest, digestOfBytes } from "../base/digest.ts";
import { verifyMessage } from "../base/ed25519.ts";
import { secretsErrors } from "./errors.ts";

const SIGNED = /^(\S(?:.*\S)?) ([A-Za-z0-9+/]{86}==)$/;

/** How the line looks in one kind of file, and where it stands. */
interface LineForm {
  readonly mark: string;
  /** Where the line stands, or would; undefined for a file that has no such place. */
  start(text: string): number | undefined;
  /** The line without its line feed. */
  write(signed: string): string;
  /** What {@link write} was given; undefined for another line. */
  read(line: string): string | undefined;
}

const COMMENT: LineForm = {
  mark: "# ringfence-signature: ",
  start: () => 0,
  write: (signed) => `# ringfence-signature: ${signed}`,
  read: (line) => line.slice("# ringfence-signature: ".length),
};

/** Before the line, in files as Ringfence lays them out: a line feed stands in no JSON text. */
const METADATA_LINE = '\n\t"sops": {\n';

const MEMBER: LineForm = {
  mark: '\t\t"ringfence_signature": ',
  start(text) {
    const at = text.indexOf(METADATA_LINE);
    return at < 0 ? undefined : at + METADATA_LINE.length;
  },
  write: (signed) => `\t\t"ringfence_signature": ${JSON.stringify(signed)},`,
  read(line) {
    try {
      const signed: unknown = JSON.parse(line.slice('\t\t"ringfence_signature": '.length).replace(/,$/, ""));
      return typeof signed === "string" && MEMBER.write(signed) === line ? signed : undefined;
    } catch {
      return undefined;
    }
  },
};

function lineForm(text: string): LineForm {
  return text.startsWith("{") ? MEMBER : COMMENT;
}

/** Who signed, as the file says it; proves nothing before {@link verifySignature} has. */
export interface SecretsSignature {
  readonly person: string;
  /** base64, Ed25519 over the statement. */
  readonly signature: string;
}

interface SplitFile {
  /** The file without the signature's line. */
  readonly content: string;
  readonly isMarked: boolean;
  /** Undefined where there is no such line, or it is malformed. */
  readonly signature: SecretsSignature | undefined;
}

function split(text: string): SplitFile {
  const form = lineForm(text);
  const start = form.start(text);
  if (start === undefined || !text.startsWith(form.mark, start))
    return { content: text, isMarked: false, signature: undefined };
  const end = text.indexOf("\n", start);
  const line = end < 0 ? text.slice(start) : text.slice(start, end);
  const content = text.slice(0, start) + (end < 0 ? "" : text.slice(end + 1));
  const match = SIGNED.exec(form.read(line) ?? "");
  const signature = match ? { person: match[1]!, signature: match[2]! } : undefined;
  return { content, isMarked: true, signature };
}

/** The bytes that are signed: what it is, who signs, and the digest of the file without its signature line. */
function statement(person: string, digest: Digest): string {
  return `ringfence secrets file v1\n${person}\n${digest}\n`;
}

/** Digest of the file without its signature line, and the signature that it carries. */
export function readSignature(text: string): {
  readonly digest: Digest;
  readonly signature: SecretsSignature | undefined;
} {
  const { content, signature } = split(text);
  return { digest: digestOfBytes(content), signature };
}

/**
 * The file with the signature line of a person, in place of the one it had.
 *
 * @param sign the person's Ed25519 signature over a message, as base64.
 * @throws SECRETS_BAD_NAME for a person's name that does not fit into the line; SECRETS_UNSUPPORTED for a JSON file
 *   that Ringfence has not written.
 */
export function signSecrets(text: string, person: string, sign: (message: string) => string): string {
  const { content } = split(text);
  const signature = sign(statement(person, digestOfBytes(content)));
  const signed = `${person} ${signature}`;
  if (!SIGNED.test(signed))
    throw secretsErrors.SECRETS_BAD_NAME({
      what: "a person's name can't stand in a signature line",
      why: "it is empty, begins or ends with a space, or holds a line break",
      fix: "give the person another name under `people` in the manifest",
    });
  const form = lineForm(content);
  const start = form.start(content);
  if (start === undefined)
    throw secretsErrors.SECRETS_UNSUPPORTED({
      what: "the JSON file has no place for a signature",
      why: "it stands in the first line below `sops`, in a file as Ringfence writes it",
      fix: "ringfence secret set NAME --environment ENVIRONMENT   # writes the file anew",
    });
  return `${content.slice(0, start)}${form.write(signed)}\n${content.slice(start)}`;
}

interface Signer {
  readonly name: string;
  readonly key: string;
}

/** Whether one of these people signed exactly this. */
function isSignedBy({ content, signature }: SplitFile, people: readonly Signer[]): boolean {
  if (!signature) return false;
  const message = statement(signature.person, digestOfBytes(content));
  const keys = people.filter(({ name }) => name === signature.person);
  return keys.some(({ key }) => verifyMessage(key, message, signature.signature));
}

/** Why the signature does not count, for one that does not. */
function whyInvalid({ signature }: SplitFile, people: readonly Signer[], names: string): string {
  if (!signature) return "the signature line is malformed";
  const { person } = signature;
  return people.some(({ name }) => name === person)
    ? `the file was changed after ${person} signed it, or signed with another key`
    : `it is by ${person}, who is none of the project's people with a key: ${names}`;
}

/** The error for a file that is as it was signed, but for its line ends; undefined for any other. */
function changedLineEnds(text: string, people: readonly Signer[], file: string): Error | undefined {
  if (!text.includes("\r\n")) return undefined;
  const signed = split(text.replaceAll("\r\n", "\n"));
  if (!isSignedBy(signed, people)) return undefined;
  return secretsErrors.SECRETS_SIGNATURE_INVALID({
    what: "the signature of the secrets file does not count",
    where: `${file}:1:1`,
    why: "line ends were changed (CRLF), by git or an editor; with its own it is as it was signed",
    fix: `ringfence secret git-setup && perl -pi -e 's/\\r$//' ${file}   # git then leaves its line ends alone`,
    details: { lineEnds: "CRLF" },
  });
}

/**
 * The name of the person whose signature the file carries and whose key verifies it.
 *
 * @param people who may sign; `key` as `ed25519:<base64>`.
 * @param at the file, and the environment it belongs to, for errors.
 * @throws SECRETS_UNSIGNED, SECRETS_SIGNATURE_INVALID
 */
export function verifySignature(
  text: string,
  people: readonly Signer[],
  at: { readonly file: string; readonly environment?: string },
): string {
  const parts = split(text);
  const { isMarked, signature } = parts;
  if (signature && isSignedBy(parts, people)) return signature.person;
  const { file, environment = "ENVIRONMENT" } = at;
  const lineEnds = changedLineEnds(text, people, file);
  if (lineEnds) throw lineEnds;
  const names = people.map(({ name }) => name).join(", ") || "nobody yet";
  const where = `${file}:1:1`;
  const fix = `git log -1 -p -- ${file}   # look at the change; one of the project's people then writes the file anew: ringfence secret set NAME --environment ${environment} --adopt`;
  if (!isMarked)
    throw secretsErrors.SECRETS_UNSIGNED({
      what: "the secrets file is not signed",
      where,
      why: `anyone can encrypt to its recipients, so one of the project's people must sign it: ${names}`,
      fix,
    });
  throw secretsErrors.SECRETS_SIGNATURE_INVALID({
    what: "the signature of the secrets file does not count",
    where,
    why: whyInvalid(parts, people, names),
    fix,
  });
}
