/**
 * One encrypted leaf of a SOPS file, `ENC[AES256_GCM,data:…,iv:…,tag:…,type:…]`: AES-256-GCM, authenticated with
 * the leaf's path. Format: getsops/sops, `aes/cipher.go`.
 */
import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { decodeBase64 } from "../age/format.ts";
import { goFloat } from "./go-scalar.ts";

const FORM = /^ENC\[AES256_GCM,data:([^,]+),iv:([^,]+),tag:([^,]+),type:([a-z]+)\]$/;
/** SOPS uses nonces of 32 bytes, which AES-GCM hashes down to its block. */
const IV_BYTES = 32;
const TAG_BYTES = 16;
const SHORTEST_IV_BYTES = 12;

/** What decrypting a leaf gives. */
export type OpenedLeaf =
  | {
      readonly kind: "opened";
      /** The value as a process gets it. */
      readonly text: string;
      /** What the file's MAC covers. */
      readonly authenticated: Buffer;
    }
  /** `form`: it is no such leaf. `seal`: key, path or a bit is wrong. `type`: content and type don't agree. */
  | { readonly kind: "refused"; readonly reason: "form" | "seal" | "type" };

/** A leaf as it is written. */
export interface SealedLeaf {
  readonly name: string;
  readonly raw: string;
  /** What the MAC covers. */
  readonly authenticated: Buffer;
}

/** The path as it is authenticated: every component followed by a colon; positions in lists don't count. */
export function pathContext(path: readonly string[]): string {
  return `${path.join(":")}:`;
}

function decodeText(bytes: Buffer): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** Text and authenticated bytes of a decrypted content under its type label; undefined when they don't agree. */
function typed(content: Buffer, type: string): { text: string; authenticated: Buffer } | undefined {
  const text = decodeText(content);
  if (text === undefined) return undefined;
  switch (type) {
    case "str":
    case "bytes":
    case "time":
      return { text, authenticated: content };
    case "int":
      return /^[-+]?[0-9]+$/.test(text)
        ? { text, authenticated: Buffer.from(String(BigInt(text))) }
        : undefined;
    case "float":
      return text.trim() !== "" && !Number.isNaN(Number(text))
        ? { text, authenticated: Buffer.from(goFloat(Number(text))) }
        : undefined;
    case "bool":
      return /^(true|false)$/i.test(text)
        ? {
            text: text.toLowerCase(),
            authenticated: Buffer.from(text.toLowerCase() === "true" ? "True" : "False"),
          }
        : undefined;
    default:
      return undefined;
  }
}

/** Decrypts one leaf. The empty text stands for the empty string: SOPS never encrypts it. Never throws. */
export function openLeaf(raw: string, dataKey: Uint8Array, context: string): OpenedLeaf {
  if (raw === "") return { kind: "opened", text: "", authenticated: Buffer.alloc(0) };
  const match = FORM.exec(raw);
  if (!match) return { kind: "refused", reason: "form" };
  const [data, iv, tag] = [match[1]!, match[2]!, match[3]!].map((part) => decodeBase64(part, true));
  if (!data || !iv || iv.length < SHORTEST_IV_BYTES || tag?.length !== TAG_BYTES)
    return { kind: "refused", reason: "form" };
  const decipher = createDecipheriv("aes-256-gcm", dataKey, iv, { authTagLength: TAG_BYTES });
  decipher.setAAD(Buffer.from(context));
  decipher.setAuthTag(tag);
  let content: Buffer;
  try {
    content = Buffer.concat([decipher.update(data), decipher.final()]);
  } catch {
    return { kind: "refused", reason: "seal" };
  }
  const value = typed(content, match[4]!);
  return value ? { kind: "opened", ...value } : { kind: "refused", reason: "type" };
}

/** Encrypts a text as a leaf of type `str`; the empty string stays empty, as SOPS has it. */
export function sealLeaf(text: string, dataKey: Uint8Array, context: string): string {
  if (text === "") return "";
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv("aes-256-gcm", dataKey, iv, { authTagLength: TAG_BYTES });
  cipher.setAAD(Buffer.from(context));
  const data = Buffer.concat([cipher.update(text, "utf8"), cipher.final()]);
  const part = (bytes: Buffer): string => bytes.toString("base64");
  return `ENC[AES256_GCM,data:${part(data)},iv:${part(iv)},tag:${part(cipher.getAuthTag())},type:str]`;
}
