/**
 * A scene with a service that checks a password over HTTP, a hook that changes that password, and a program that tries
 * one. The service has one password only, and no other way to change it than knowing it.
 */
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { openSecrets, parseIdentities } from "../../src/secrets/index.ts";
import { identityPath } from "../../src/snapshot/home.ts";
import { type EnvironmentName, openScene, type Scene } from "./scene.ts";

const HOOK = `
let text = "";
process.stdin.on("data", (chunk) => { text += chunk; });
process.stdin.on("end", async () => {
  const answer = await fetch(process.env.SERVICE, { method: "PUT", body: text });
  process.exitCode = answer.status === 204 ? 0 : 1;
});
`;

const VERIFY = `
fetch(process.env.SERVICE, { headers: { authorization: process.env.DB_PASSWORD } }).then((answer) => {
  process.exitCode = answer.ok ? 0 : 1;
});
`;

/** What the file has of a secret. */
export interface Kept {
  readonly value: string | undefined;
  readonly pending: string | undefined;
  readonly previous: string | undefined;
  readonly changedAt: string | undefined;
}

export interface RotationScene {
  readonly scene: Scene;
  /** The service's one password. */
  password(): string;
  /** How the service answers. */
  behave(how: "well" | "refuses new ones" | "refuses changes"): void;
  kept(name: string, environment?: EnvironmentName): Kept;
  close(): Promise<void>;
}

const FIRST = "the first password";

async function openService() {
  let password = FIRST;
  let behaviour: Parameters<RotationScene["behave"]>[0] = "well";
  const server = createServer((request, response) => {
    let text = "";
    request.on("data", (chunk: Buffer) => {
      text += chunk.toString();
    });
    request.on("end", () => {
      const end = (status: number) => response.writeHead(status, { connection: "close" }).end();
      if (request.method === "GET")
        return end(
          request.headers.authorization === password && behaviour !== "refuses new ones" ? 200 : 401,
        );
      const { from, to } = JSON.parse(text) as { from: string; to: string };
      if (behaviour === "refuses changes" || (password !== from && password !== to)) return end(403);
      password = to;
      return end(204);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    password: () => password,
    behave(how: typeof behaviour) {
      behaviour = how;
    },
    close: () => new Promise<void>((resolve) => server.close(() => resolve())),
  };
}

const settings = `
  SERVICE: { type: url }
  DB_PASSWORD:
    secret: true
    rotate:
      every: 30d
      generate: password
      overlap: 1d
      hook: { command: [node, hooks/change.cjs, "{env}"] }
      verify: { command: [node, hooks/try.cjs] }
  JWT_SECRET: { secret: true, rotate: { every: 90d, generate: jwt } }
  OAUTH_GOOGLE: { secret: true, rotate: manual }
`;

/** DB_PASSWORD, JWT_SECRET and OAUTH_GOOGLE are set in development; the hooks are trusted. */
export async function openRotationScene(): Promise<RotationScene> {
  const [scene, service] = await Promise.all([openScene(), openService()]);
  scene.write(
    "ringfence.yaml",
    scene.read("ringfence.yaml").replace("services:\n", `${settings.slice(1)}services:\n`),
  );
  scene.write("hooks/change.cjs", HOOK);
  scene.write("hooks/try.cjs", VERIFY);
  scene.write("config/development.env", `GREETING=hello development\nSERVICE=${service.url}\n`);
  const first = { DB_PASSWORD: FIRST, JWT_SECRET: "the first key", OAUTH_GOOGLE: "given by others" };
  for (const [name, input] of Object.entries(first))
    await scene.must(["secret", "set", name, "-e", "development"], { input });
  await scene.must(["trust", "--yes"]);
  return {
    scene,
    password: service.password,
    behave: service.behave,
    kept(name, environment = "development") {
      const file = `secrets/${environment}.yaml`;
      const path = identityPath(scene.home, "scene", environment);
      const identities = parseIdentities(readFileSync(path, "utf8"), path);
      const opened = openSecrets(scene.read(file), {
        file,
        expect: { project: "scene", environment },
        identities,
      });
      const past = opened.pasts.get(name);
      return {
        value: opened.values.find((one) => one.name === name)?.value,
        pending: past?.pending?.value,
        previous: past?.previous?.value,
        changedAt: past?.changedAt,
      };
    },
    async close() {
      await scene.shutdownAll();
      await service.close();
    },
  };
}
