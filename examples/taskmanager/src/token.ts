/** Access tokens: JSON Web Tokens (RFC 7519) signed with HS256 (RFC 7515). No other algorithm is ever accepted. */
import { createHmac, timingSafeEqual } from "node:crypto";

const HEADER = Buffer.from(JSON.stringify({ alg: "HS256", typ: "JWT" })).toString("base64url");

function signature(content: string, key: string): Buffer {
  return createHmac("sha256", key).update(content).digest();
}

/** @param expiresAt seconds since 1970. */
export function signToken(accountId: number, expiresAt: number, key: string): string {
  const claims = { sub: String(accountId), iat: Math.floor(Date.now() / 1000), exp: expiresAt };
  const content = `${HEADER}.${Buffer.from(JSON.stringify(claims)).toString("base64url")}`;
  return `${content}.${signature(content, key).toString("base64url")}`;
}

/** The account's id; undefined when the token is forged, expired or none at all. */
export function verifyToken(token: string, key: string): number | undefined {
  const [header, claims, signed, ...more] = token.split(".");
  // Our own header is the only one we accept, so no token can choose its algorithm.
  if (header !== HEADER || !claims || !signed || more.length > 0) return undefined;
  const expected = signature(`${header}.${claims}`, key);
  const given = Buffer.from(signed, "base64url");
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined;
  const { sub, exp } = JSON.parse(Buffer.from(claims, "base64url").toString()) as {
    sub: string;
    exp: number;
  };
  return exp > Date.now() / 1000 ? Number(sub) : undefined;
}
