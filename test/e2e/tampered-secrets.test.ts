/** Whatever is done to secrets, identities or compiled settings: `run` refuses, and the command is never started. */
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { createKeyPair, signMessage } from "../../src/base/ed25519.ts";
import { createIdentity, signSecrets, writeSecrets } from "../../src/secrets/index.ts";
import { snapshotPath } from "../../src/snapshot/snapshot.ts";
import { type CliScene, openCliScene } from "./cli-scene.ts";

const manifest = (ending: string) => `project: shop
environments: { development: {}, staging: {}, production: {} }
layers: [ ".env?" ]
secrets: "secrets/{env}.${ending}"
settings: { TOKEN: { secret: true, required: true }, PASSWORD: { secret: true, required: true } }
`;

const ENVIRONMENTS = ["development", "staging", "production"];
const MARK = "started";

describe.each(["yaml", "json", "env"])("secrets in %s form", (ending) => {
  let scene: CliScene;
  const file = (environment: string) => `secrets/${environment}.${ending}`;
  const text = (environment: string) => scene.read(file(environment));
  const identityPath = (environment: string) => join(scene.home, "identities", "shop", `${environment}.txt`);
  const recipients = new Map<string, string>();
  /** What a tampered scene is put back to: path to content. */
  let kept: Map<string, Buffer>;
  /** Secrets file and snapshot of development as they were one write before. */
  let former: { secrets: string; snapshot: Buffer };

  function started(environment: string): { exit: number | null; code: string | undefined; started: boolean } {
    const { exit, stderr } = scene.run(["run", "-e", environment, "--", "touch", MARK]);
    const mark = join(scene.root, MARK);
    const wasStarted = existsSync(mark);
    rmSync(mark, { force: true });
    return { exit, code: /^error ([A-Z_]+):/m.exec(stderr)?.[1], started: wasStarted };
  }

  const set = (name: string, environment: string, value: string) =>
    scene.must(["secret", "set", name, "-e", environment], value);

  beforeAll(() => {
    scene = openCliScene(manifest(ending));
    scene.must(["me", "init", "--name", "author"]);
    for (const environment of ENVIRONMENTS) {
      const made = scene.must(["identity", "create", "-e", environment, "--json"]);
      recipients.set(environment, JSON.parse(made.stdout).recipient);
    }
    for (const environment of ENVIRONMENTS) {
      set("TOKEN", environment, `token-of-${environment}`);
      set("PASSWORD", environment, `password-of-${environment}`);
      expect(started(environment)).toEqual({ exit: 0, code: undefined, started: true });
    }
    former = {
      secrets: text("development"),
      snapshot: readFileSync(snapshotPath(scene.root, "development")),
    };
    set("TOKEN", "development", "next-token-of-development");
    expect(started("development").started).toBe(true);
    const paths = ENVIRONMENTS.flatMap((environment) => [
      join(scene.root, file(environment)),
      identityPath(environment),
      snapshotPath(scene.root, environment),
    ]);
    kept = new Map(paths.map((path) => [path, readFileSync(path)]));
  });
  afterEach(() => {
    for (const [path, content] of kept) writeFileSync(path, content, { mode: 0o600 });
  });
  afterAll(() => scene?.remove());
  // Before that: what was refused was so for what was done to it.
  afterAll(() => {
    for (const environment of ENVIRONMENTS) expect(started(environment)).toMatchObject({ started: true });
  });

  /** The encrypted value of a name, or the MAC. */
  const leaf = (from: string, name: string) =>
    new RegExp(`^\\s*"?(?:sops_)?${name}"?(?:=|: )"?(ENC\\[[^\\]]*\\])`, "m").exec(from)![1]!;
  const replaced = (environment: string, from: string, to: string) => {
    expect(text(environment)).toContain(from);
    return text(environment).replace(from, to);
  };

  const forge = (revision: number, environment: string, boundTo = environment) =>
    writeSecrets({
      file: file(environment),
      binding: { project: "shop", environment: boundTo, revision },
      values: { TOKEN: "planted", PASSWORD: "planted" },
      recipients: [recipients.get(environment)!],
      now: "2026-11-21T12:00:00Z",
    });
  const signer = createKeyPair();
  const bySomeone = (forged: string, person: string) =>
    signSecrets(forged, person, (message) => signMessage(signer.privatePem, message));

  const CASES: [string, string, () => string | Promise<string>, string][] = [
    [
      "a value moved to another key",
      "development",
      () =>
        replaced("development", leaf(text("development"), "TOKEN"), leaf(text("development"), "PASSWORD")),
      "SECRETS_MAC_MISMATCH",
    ],
    [
      "a value of another environment",
      "development",
      () => replaced("development", leaf(text("development"), "TOKEN"), leaf(text("staging"), "TOKEN")),
      "SECRETS_MAC_MISMATCH",
    ],
    ["the file of another environment", "development", () => text("staging"), "SECRETS_WRONG_ENVIRONMENT"],
    [
      "a file bound to another environment, for this one's recipient",
      "development",
      () => forge(9, "development", "staging"),
      "SECRETS_WRONG_ENVIRONMENT",
    ],
    [
      "the MAC removed",
      "development",
      () => replaced("development", leaf(text("development"), "mac"), ""),
      "SECRETS_MAC_MISSING",
    ],
    [
      "the MAC of the file before",
      "development",
      () => replaced("development", leaf(text("development"), "mac"), leaf(former.secrets, "mac")),
      "SECRETS_MAC_MISMATCH",
    ],
    ["the file before", "development", () => former.secrets, "SECRETS_REPLAYED"],
    ["an empty file", "development", () => "", "SECRETS_MALFORMED"],
    ["a forgery for the public recipient", "production", () => forge(9, "production"), "SECRETS_UNSIGNED"],
    [
      "a forgery signed under a person's name",
      "production",
      async () => bySomeone(await forge(9, "production"), "author"),
      "SECRETS_SIGNATURE_INVALID",
    ],
    [
      "a forgery signed by somebody else",
      "production",
      async () => bySomeone(await forge(9, "production"), "mallory"),
      "SECRETS_SIGNATURE_INVALID",
    ],
    [
      "a forgery with the signature of the true file",
      "production",
      async () => {
        const signature = /^.*ringfence[-_]signature.*$/m.exec(text("production"))![0];
        const forged = bySomeone(await forge(9, "production"), "author");
        return forged.replace(/^.*ringfence[-_]signature.*$/m, signature);
      },
      "SECRETS_SIGNATURE_INVALID",
    ],
  ];

  // Dotenv has no lists.
  if (ending !== "env")
    CASES.push([
      "a list around a value",
      "development",
      () => {
        const value = leaf(text("development"), "TOKEN");
        const written = ending === "json" ? `"${value}"` : value;
        return replaced("development", written, `["${value}"]`);
      },
      "SECRETS_MALFORMED",
    ]);

  test.each(CASES)("%s", async (_, environment, tamper, code) => {
    const tampered = await tamper();
    scene.write(file(environment), tampered);
    expect(started(environment)).toEqual({ exit: 12, code, started: false });
    // Compiled settings are the same whatever form the file has.
    if (ending !== "yaml") return;
    rmSync(snapshotPath(scene.root, environment));
    expect(started(environment), "nor without compiled settings").toEqual({ exit: 12, code, started: false });
  });

  test("a file that is cut, wherever", () => {
    const whole = text("development");
    for (let part = 1; part <= 8; part++) {
      const length = Math.floor((whole.trimEnd().length - 1) * (part / 8));
      scene.write(file("development"), whole.slice(0, length));
      expect(started("development"), `cut at ${length}`).toMatchObject({ exit: 12, started: false });
    }
  });

  // The rest is the same whatever form the file has.
  const once = test.runIf(ending === "yaml");

  once("a file that is gone", () => {
    rmSync(join(scene.root, file("development")));
    expect(started("development")).toEqual({ exit: 12, code: "SECRETS_REPLAYED", started: false });
  });

  once("another identity", async () => {
    const { text: identity } = await createIdentity();
    for (const content of [identity, readFileSync(identityPath("staging"), "utf8")]) {
      writeFileSync(identityPath("development"), content);
      writeFileSync(
        snapshotPath(scene.root, "development"),
        kept.get(snapshotPath(scene.root, "development"))!,
      );
      expect(started("development")).toEqual({ exit: 12, code: "SNAPSHOT_FORGED", started: false });
      rmSync(snapshotPath(scene.root, "development"));
      expect(started("development")).toEqual({ exit: 12, code: "SECRETS_NO_IDENTITY", started: false });
    }
  });

  once("compiled settings with a bit flipped, cut, or of another environment", () => {
    const path = snapshotPath(scene.root, "development");
    const sealed = readFileSync(path);
    const flipped = [0, 1, 15, 40, sealed.length >> 1, sealed.length - 1].map((at) => {
      const changed = Buffer.from(sealed);
      changed[at] = changed[at]! ^ (1 << (at % 8));
      return changed;
    });
    const other = readFileSync(snapshotPath(scene.root, "staging"));
    for (const content of [...flipped, sealed.subarray(0, -1), Buffer.alloc(0), other]) {
      writeFileSync(path, content);
      expect(started("development")).toEqual({ exit: 12, code: "SNAPSHOT_FORGED", started: false });
    }
  });

  once("compiled settings of before, with the secrets file of before", () => {
    scene.write(file("development"), former.secrets);
    writeFileSync(snapshotPath(scene.root, "development"), former.snapshot);
    expect(started("development")).toEqual({ exit: 12, code: "SNAPSHOT_REPLAYED", started: false });
  });
});
