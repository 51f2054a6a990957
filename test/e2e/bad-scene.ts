/** The project that bad input is tried on: a release, secrets for two of three environments, a port that is taken. */
import { createServer, type Server } from "node:net";
import { join } from "node:path";
import { expect } from "vitest";
import { type CliScene, openCliScene, type Ran } from "./cli-scene.ts";

const MANIFEST = `project: shop
environments:
  development: { ports: { api: PORT } }
  staging: {}
  production: {}
layers: [ ".env?", "config/{env}.env?" ]
settings:
  LOG_LEVEL: { type: enum, values: [DEBUG, INFO], default: INFO }
  TOKEN: { secret: true, required: true }
  LIMIT: { type: integer, default: 1 }
services:
  api: { entry: src/api.ts, health: { live: /healthz, ready: /readyz } }
pipeline:
  development: {}
  staging: { after: development }
  production: { after: staging }
`;

const API = `import { createServer } from "node:http";
createServer((_, response) => response.end("ok")).listen(Number(process.env.PORT), "127.0.0.1");
`;

export interface BadScene extends CliScene {
  /** Path of an environment's identity. */
  identityOf(environment: string): string;
  close(): void;
}

export const secretsOf = (environment: string) => `secrets/${environment}.yaml`;

async function listening(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return (server.address() as { port: number }).port;
}

export async function openBadScene(): Promise<BadScene> {
  // The port of development is taken as long as the scene is open.
  const taken = createServer();
  const scene = openCliScene(MANIFEST.replace("PORT", String(await listening(taken))));
  scene.write("src/api.ts", API);
  scene.write(".gitignore", "home/\n");
  scene.git("init", "-q");
  scene.must(["me", "init", "--name", "author"]);
  for (const environment of ["development", "production"]) {
    scene.must(["identity", "create", "-e", environment]);
    scene.must(["secret", "set", "TOKEN", "-e", environment], `first-token-of-${environment}`);
  }
  scene.git("add", "-A");
  scene.git("commit", "-q", "-m", "first");
  scene.must(["release", "create", "1.0.0"]);
  return {
    ...scene,
    identityOf: (environment) => join(scene.home, "identities", "shop", `${environment}.txt`),
    close() {
      scene.run(["env", "stop", "-e", "development"]);
      taken.close();
      scene.remove();
    },
  };
}

/** Refused with this code, with a fix, and without a secret. */
export function expectRefusal(ran: Ran, code: string, exit: number): void {
  expect({ code: ran.error?.code, exit: ran.exit }, ran.stderr + ran.stdout).toEqual({ code, exit });
  expect(ran.error?.what).toBeTruthy();
  expect(ran.error?.fix).toBeTruthy();
  if (ran.stdout !== "") expect(() => JSON.parse(ran.stdout)).not.toThrow();
  expect(ran.stderr + ran.stdout).not.toContain("first-token-of");
}
