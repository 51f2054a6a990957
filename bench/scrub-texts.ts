/** What `bench/scrub.ts` lets a child write, and the secrets it is scrubbed of. The same in every run. */
import { createHash } from "node:crypto";

export const SHAPES = ["log", "json", "base64", "hex"] as const;

const MEGABYTE = 1_000_000;

/** Bytes without a pattern, the same for the same name. */
function bytesOf(name: string, length: number): Buffer {
  return createHash("shake256", { outputLength: length }).update(name).digest();
}

function logLine(i: number): string {
  const time = `2026-05-01T12:${String(i % 60).padStart(2, "0")}:00.${String(i % 1000).padStart(3, "0")}Z`;
  const user = bytesOf(`user ${i}`, 4).toString("hex");
  return `${time} INFO  [worker-${i % 8}] GET https://api.shop.test/v1/orders/${i * 7919} 200 ${i % 300} ms user=${user} bytes=${i * 13}`;
}

/** One megabyte. */
export function textOf(shape: (typeof SHAPES)[number]): Buffer {
  if (shape === "hex") return Buffer.from(bytesOf(shape, MEGABYTE / 2).toString("hex"));
  if (shape === "base64") return Buffer.from(bytesOf(shape, (MEGABYTE / 4) * 3).toString("base64"));
  const lines: string[] = [];
  for (let i = 0, length = 0; length < MEGABYTE; i++) {
    const line = logLine(i);
    const written =
      shape === "log" ? line : JSON.stringify({ time: i, level: "info", message: line, ok: true });
    lines.push(`${written}\n`);
    length += written.length + 1;
  }
  return Buffer.from(lines.join("")).subarray(0, MEGABYTE);
}

/** Connection strings, keys, addresses and passwords, none of which is in a text above. */
export function secretsOf(count: number): Readonly<Record<string, string>> {
  const random = (i: number, length: number) => bytesOf(`secret ${i}`, length).toString("base64");
  const kinds = [
    (i: number) => `postgres://shop_${i}:${random(i, 12)}&x'y"@db-${i}.internal:5432/shop?sslmode=require`,
    (i: number) => `key_live_${random(i, 24)}`,
    (i: number) => `https://hooks.shop.test/services/T0${i}/B${i}/${random(i, 18)}`,
    (i: number) => random(i, 24),
  ];
  const names = Array.from(
    { length: count },
    (_, i) => [`SECRET_${i}`, kinds[i % kinds.length]!(i)] as const,
  );
  return Object.fromEntries(names);
}
