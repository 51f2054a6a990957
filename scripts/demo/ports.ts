/** Ports for the demo: the example's own, or the same some thousands higher where those are taken. */
import { readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";

const OFFSETS = [0, 1_000, 2_000, 3_000, 4_000, 5_000];
const PORTS = /(?<=ports: \{)[^}]*(?=\})/g;

function isFree(port: number): Promise<boolean> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}

/** Moves the manifest's ports to free ones. @returns by how much, 0 where the example's own are free. */
export async function settlePorts(manifest: string): Promise<number> {
  const text = readFileSync(manifest, "utf8");
  const ports = [...text.matchAll(PORTS)].flatMap(([line]) => [...line.matchAll(/\d+/g)].map(Number));
  for (const offset of OFFSETS) {
    const free = await Promise.all(ports.map((port) => isFree(port + offset)));
    if (!free.every(Boolean)) continue;
    const moved = text.replace(PORTS, (line) =>
      line.replace(/\d+/g, (port) => String(Number(port) + offset)),
    );
    if (offset !== 0) writeFileSync(manifest, moved);
    return offset;
  }
  throw new Error(`the ports ${ports.join(", ")} and those above them are taken`);
}
