/**
 * Identities of every kind, end to end: ssh keys and locked files as `ssh-keygen` and `age` make them, data keys that
 * only a key service unwraps. What opens a file once must not stay behind where it was only lent.
 */
import { execFile, spawn, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { openAwsKeyService } from "../../src/adapters/key-service-aws/index.ts";
import { createIdentity } from "../../src/secrets/index.ts";
import { foreignLeaf, foreignMetadata, missingAge } from "../../src/secrets/test-support.ts";
import { snapshotPath } from "../../src/snapshot/snapshot.ts";
import { describeWith } from "../components.ts";
import { FAKE_KEYS, type FakeKms, startFakeKms } from "../contracts/fake-kms.ts";
import { type CliScene, ENTRY, openCliScene } from "./cli-scene.ts";

const TIMEOUT_MS = 120_000;
const SECRET = "a-value-to-be-kept";
const PASSPHRASE = "correct horse battery staple";
const missingKeygen =
  spawnSync("ssh-keygen", ["-?"]).error === undefined
    ? missingAge
    : "ssh-keygen (apt-get install -y openssh-client)";

const manifest = (recipients: string, keys = "") => `project: shop
environments: { development: { recipients: [${recipients}], keys: [${keys}] } }
settings: { TOKEN: { secret: true, required: true } }
`;
const RUN = ["run", "-e", "development", "--", "sh", "-c", 'test "$TOKEN" = a-value-to-be-kept'];
const GET = ["secret", "get", "TOKEN", "-e", "development", "--json"];
const SET = ["secret", "set", "TOKEN", "-e", "development"];

let scene: CliScene;
const run = (words: string[], variables: Record<string, string> = {}) => scene.run(words, { variables });
const kept = () => existsSync(snapshotPath(scene.root, "development"));
const identityFile = () => join(scene.home, "identities", "shop", "development.txt");
const codeOf = (words: string[], variables: Record<string, string> = {}) => run(words, variables).error?.code;

describeWith("an ssh key", missingKeygen, () => {
  const keyFile = () => join(scene.root, ".ssh", "id_ed25519");
  const keygen = (...words: string[]) => expect(spawnSync("ssh-keygen", ["-q", ...words]).status).toBe(0);
  beforeEach(() => {
    scene = openCliScene("project: shop\nenvironments: { development: }\n");
    mkdirSync(join(scene.root, ".ssh"));
    keygen("-t", "ed25519", "-N", "", "-C", "ada@laptop", "-f", keyFile());
    scene.write("ringfence.yaml", manifest(readFileSync(`${keyFile()}.pub`, "utf8").trim()));
    scene.must(["me", "init", "--name", "ada"]);
    scene.must(SET, SECRET);
  });
  afterEach(() => scene.remove());

  test(
    "opens what it is a recipient of, from where ssh has it and from a variable",
    () => {
      expect(run(RUN)).toMatchObject({ exit: 0 });
      expect(kept(), "it stays on this machine").toBe(true);
      expect(scene.must(["secret", "list", "-e", "development"]).stdout).not.toContain("SECRETS_RECIPIENTS");
      const age = spawnSync("age", ["-d", "-i", keyFile()], { input: armorIn("secrets/development.yaml") });
      expect(age.stdout).toHaveLength(32);
      const moved = join(scene.root, "elsewhere");
      writeFileSync(moved, readFileSync(keyFile()), { mode: 0o600 });
      rmSync(keyFile());
      expect(codeOf(GET), "gone").toBe("SECRETS_NO_IDENTITY");
      expect(run(GET, { RINGFENCE_IDENTITY_FILE: moved }).exit).toBe(0);
      expect(run(GET, { RINGFENCE_IDENTITY: readFileSync(moved, "utf8") }).exit).toBe(0);
      expect(run(RUN, { RINGFENCE_IDENTITY_FILE: moved }).exit).toBe(0);
      expect(kept(), "a variable is gone with the process").toBe(false);
      expect(run(RUN).exit).not.toBe(0);
    },
    TIMEOUT_MS,
  );

  test(
    "with a passphrase is told with its fix, where nothing else opens the file; one for others is not read",
    () => {
      keygen("-p", "-P", "", "-N", "long enough", "-f", keyFile());
      const { error } = run(GET);
      expect(error).toMatchObject({
        code: "SECRETS_IDENTITY_LOCKED",
        where: expect.stringContaining(keyFile()),
      });
      expect(error?.fix).toContain("ssh-keygen -p");
      keygen("-t", "ed25519", "-N", "", "-f", join(scene.root, "other"));
      writeFileSync(`${keyFile()}.pub`, readFileSync(join(scene.root, "other.pub")));
      expect(codeOf(GET), "its public half says that it is not meant").toBe("SECRETS_NO_IDENTITY");
      chmodSync(keyFile(), 0o644);
      expect(codeOf(GET)).toBe("SECRETS_NO_IDENTITY");
    },
    TIMEOUT_MS,
  );

  function armorIn(path: string): string {
    return scene
      .read(path)
      .replace(/^ +/gm, "")
      .match(/-----BEGIN[\s\S]*-----END AGE ENCRYPTED FILE-----\n/)![0];
  }
});

describeWith("a locked identity", missingAge, () => {
  const given = { RINGFENCE_PASSPHRASE: PASSPHRASE };
  const must = (words: string[], variables: Record<string, string> = given) => {
    const ran = run(words, variables);
    expect(ran.exit, ran.stderr).toBe(0);
  };
  const set = () => scene.run(SET, { input: SECRET, variables: given });
  beforeEach(() => {
    scene = openCliScene(
      "project: shop\nenvironments: { development: }\nsettings: { TOKEN: { secret: true, required: true } }\n",
    );
    scene.must(["me", "init", "--name", "ada"]);
  });
  afterEach(() => scene.remove());

  /** Opens with the passphrase, and with nothing else; nothing is left that would open without. */
  function holds(): void {
    expect(run(RUN, given)).toMatchObject({ exit: 0 });
    expect(kept()).toBe(false);
    expect(run(RUN).exit).toBe(12);
    expect(run(RUN).stderr).toContain("SECRETS_IDENTITY_LOCKED");
    expect(codeOf(GET, { RINGFENCE_PASSPHRASE: "wrong" })).toBe("SECRETS_WRONG_PASSPHRASE");
    const file = join(scene.root, "passphrase");
    writeFileSync(file, `${PASSPHRASE}\n`, { mode: 0o600 });
    expect(run(GET, { RINGFENCE_PASSPHRASE_FILE: file }).exit).toBe(0);
    expect(run(["config", "show", "-e", "development"]).exit, "nobody has to be asked").toBe(0);
  }

  test(
    "is made so, opens by passphrase, and leaves no compiled settings behind",
    () => {
      must(["identity", "create", "-e", "development", "--passphrase"]);
      expect(set().exit).toBe(0);
      expect(readFileSync(identityFile(), "utf8")).toContain("BEGIN AGE ENCRYPTED FILE");
      holds();
    },
    TIMEOUT_MS,
  );

  test(
    "is locked where it lies, after it lay open: what was compiled then is gone, and no forgery is seen",
    () => {
      scene.must(["identity", "create", "-e", "development"]);
      scene.must(SET, SECRET);
      scene.must(RUN);
      expect(kept()).toBe(true);
      const former = readFileSync(snapshotPath(scene.root, "development"));
      expect(codeOf(["identity", "lock", "-e", "development", "--json"])).toBe("SECRETS_IDENTITY_LOCKED");
      expect(run(RUN).exit, "nothing was locked").toBe(0);
      must(["identity", "lock", "-e", "development"]);
      expect(kept()).toBe(false);
      holds();
      writeFileSync(snapshotPath(scene.root, "development"), former);
      const ran = run(RUN);
      expect(ran.stderr).toContain("SECRETS_IDENTITY_LOCKED");
      expect(ran.stderr).not.toContain("SNAPSHOT_FORGED");
      expect(codeOf(["identity", "lock", "-e", "development", "--json"], given)).toBe("APP_BAD_INPUT");
    },
    TIMEOUT_MS,
  );

  test(
    "of a person is asked for only where the file is theirs",
    () => {
      rmSync(join(scene.home, "people", "ada.identity"));
      scene.write(
        "ringfence.yaml",
        scene.read("ringfence.yaml").replace(/, recipient: [^ }]+|\n +recipient: .*/, ""),
      );
      must(["me", "init", "--name", "ada", "--passphrase"]);
      scene.must(["identity", "create", "-e", "development"]);
      scene.must(SET, SECRET);
      expect(run(RUN).exit, "the environment's own opens it").toBe(0);
      must(["secret", "recipients", "add", "person:ada", "-e", "development"]);
      rmSync(identityFile());
      holds();
    },
    TIMEOUT_MS,
  );

  test(
    "as age makes it, armored or not, by a variable",
    async () => {
      const { text, recipient } = await createIdentity();
      scene.write(
        "ringfence.yaml",
        `${scene.read("ringfence.yaml").replace("development:", `development: { recipients: [${recipient}] }`)}`,
      );
      scene.must(SET, SECRET);
      const { lockIdentities } = await import("../../src/secrets/index.ts");
      const file = join(scene.root, "ada.age");
      const armored = await lockIdentities(text, PASSPHRASE);
      const body = armored.split("\n").slice(1, -2).join("");
      for (const content of [armored, Buffer.from(body, "base64")]) {
        writeFileSync(file, content, { mode: 0o600 });
        expect(run(GET, { ...given, RINGFENCE_IDENTITY_FILE: file }).exit).toBe(0);
        expect(codeOf(GET, { RINGFENCE_IDENTITY_FILE: file })).toBe("SECRETS_IDENTITY_LOCKED");
      }
      expect(run(GET, { ...given, RINGFENCE_IDENTITY: armored }).exit).toBe(0);
    },
    TIMEOUT_MS,
  );
});

const missingScript =
  spawnSync("script", ["--version"]).status === 0 ? undefined : "script (apt-get install -y bsdutils)";

describeWith("a person at a terminal", missingScript, () => {
  afterEach(() => scene.remove());

  /** Types each answer once its question is there. */
  function typed(
    words: string[],
    answers: readonly string[],
  ): Promise<{ exit: number | null; shown: string }> {
    const line = [process.execPath, ENTRY, ...words].map((word) => `'${word}'`).join(" ");
    const env = { PATH: process.env.PATH, HOME: scene.root, RINGFENCE_HOME: scene.home };
    const child = spawn("script", ["-qec", line, "/dev/null"], { cwd: scene.root, env });
    let shown = "";
    let given = 0;
    child.stdout.on("data", (chunk: Buffer) => {
      shown += chunk.toString();
      const questions = shown.match(/passphrase for .*?: |the same again: /g)?.length ?? 0;
      if (given < questions && given < answers.length) child.stdin.write(`${answers[given++]}\r`);
    });
    return new Promise((resolve) => {
      child.on("close", (exit) => resolve({ exit, shown }));
    });
  }

  test(
    "is asked once, unseen, and may mistype",
    async () => {
      scene = openCliScene(
        "project: shop\nenvironments: { development: , staging: }\nsettings: { TOKEN: { secret: true } }\n",
      );
      scene.must(["me", "init", "--name", "ada"]);
      const create = ["identity", "create", "-e", "development", "--passphrase"];
      const differing = await typed(create, [PASSPHRASE, "something else"]);
      expect(differing.shown).toContain("SECRETS_WRONG_PASSPHRASE");
      expect(existsSync(identityFile())).toBe(false);
      const made = await typed(create, [PASSPHRASE, PASSPHRASE]);
      expect(made.exit, made.shown).toBe(0);
      scene.run(SET, { input: SECRET, variables: { RINGFENCE_PASSPHRASE: PASSPHRASE } });
      const got = await typed(["secret", "get", "TOKEN", "-e", "development"], ["mistyped", PASSPHRASE]);
      expect(got.exit, got.shown).toBe(0);
      expect(got.shown).toContain(SECRET);
      expect(got.shown.match(/passphrase for/g)).toHaveLength(2);
      for (const { shown } of [differing, made, got]) expect(shown).not.toContain(PASSPHRASE);
      const others = await typed(["env", "list"], []);
      expect(others.shown, "nothing is opened").not.toContain("passphrase");
    },
    TIMEOUT_MS,
  );
});

describe("a key service", () => {
  const file = "secrets/development.json";
  let kms: FakeKms;
  beforeAll(async () => {
    kms = await startFakeKms();
  });
  afterAll(() => kms.close());
  beforeEach(async () => {
    (kms.calls as unknown[]).length = 0;
    const { recipient } = await createIdentity();
    scene = openCliScene(`${manifest(recipient, `"kms:${FAKE_KEYS[0]}"`)}secrets: "secrets/{env}.json"\n`);
    scene.must(["me", "init", "--name", "ada"]);
    process.env.AWS_ACCESS_KEY_ID = "AKIATEST";
    process.env.AWS_SECRET_ACCESS_KEY = "test";
    const dataKey = randomBytes(32);
    const service = openAwsKeyService({ endpoint: kms.endpoint });
    const key = { service: "kms", name: FAKE_KEYS[0]!, context: {} };
    const answer = await service.wrap(dataKey, key, AbortSignal.timeout(20_000));
    if (answer.kind !== "wrapped") throw new Error(answer.why);
    const binding = JSON.stringify({ project: "shop", environment: "development", revision: 1 });
    const values = { RINGFENCE_BINDING: binding, TOKEN: SECRET };
    const leaves = Object.entries(values).map(([name, value]) => [
      name,
      foreignLeaf(value, "str", dataKey, `${name}:`),
    ]);
    const metadata = await foreignMetadata(Object.values(values), dataKey, recipient);
    const entry = {
      arn: FAKE_KEYS[0],
      created_at: "2026-01-02T03:04:05Z",
      enc: answer.wrapped,
      aws_profile: "",
    };
    const text = { ...Object.fromEntries(leaves), sops: { ...metadata, kms: [entry] } };
    scene.write(file, JSON.stringify(text, null, 2));
    (kms.calls as unknown[]).length = 0;
  });
  afterEach(() => scene.remove());

  interface Ran {
    readonly exit: number;
    readonly stdout: string;
    readonly stderr: string;
  }

  /** The command line while the service answers in this process. */
  function ask(words: string[], { input = "", endpoint = kms.endpoint } = {}): Promise<Ran> {
    const env = {
      PATH: process.env.PATH,
      HOME: scene.root,
      RINGFENCE_HOME: scene.home,
      AWS_ENDPOINT_URL_KMS: endpoint,
      AWS_ACCESS_KEY_ID: "AKIATEST",
      AWS_SECRET_ACCESS_KEY: "test",
      AWS_MAX_ATTEMPTS: "1",
      AWS_EC2_METADATA_DISABLED: "true",
    };
    return new Promise((resolve) => {
      const child = execFile(
        process.execPath,
        [ENTRY, ...words],
        { cwd: scene.root, env },
        (error, stdout, stderr) => resolve({ exit: error ? Number(error.code) : 0, stdout, stderr }),
      );
      child.stdin!.end(input);
    });
  }
  const decrypts = () => kms.calls.filter(({ target }) => target.endsWith(".Decrypt")).length;

  test.each<[string, string[], string, number]>([
    ["a run", RUN, "", 1],
    ["a value", GET, "", 1],
    ["a check", ["config", "check", "-e", "development"], "", 1],
    ["an export", ["config", "export", "-e", "development", "--format", "dotenv", "--secrets"], "", 1],
    ["a comparison", ["env", "compare"], "", 1],
    ["a change", SET, "another-value", 1],
    ["git's view of it", ["secret", "textconv", file], "", 1],
    ["a list of environments", ["env", "list"], "", 0],
  ])(
    "how often %s asks it",
    async (_, words, input, calls) => {
      const ran = await ask(words, { input });
      expect(ran.exit, ran.stderr).toBe(0);
      expect(decrypts()).toBe(calls);
      expect(kept(), "the service decides each time").toBe(false);
    },
    TIMEOUT_MS,
  );

  test(
    "that refuses, or does not answer, is named where secrets are needed",
    async () => {
      const nobody = await ask(RUN, { endpoint: "http://127.0.0.1:9" });
      expect(nobody.exit).toBe(12);
      expect(nobody.stderr).toContain("SECRETS_KEY_SERVICE");
      kms.failNext(400, "AccessDeniedException");
      const denied = await ask(GET);
      expect(denied.exit).toBe(12);
      expect(denied.stderr).toMatch(/SECRETS_KEY_SERVICE.*AccessDenied/s);
      kms.failNext(400, "AccessDeniedException");
      expect(
        (await ask(["config", "show", "-e", "development"])).exit,
        "sealed, as without an identity",
      ).toBe(0);
    },
    TIMEOUT_MS,
  );

  test(
    "is not asked for a key that the manifest does not declare, whatever role and profile the file gives",
    async () => {
      const planted = JSON.parse(scene.read(file));
      planted.sops.kms[0].role = "arn:aws:iam::666666666666:role/evil";
      planted.sops.kms[0].aws_profile = "admin";
      scene.write(file, JSON.stringify(planted, null, 2));
      scene.write("ringfence.yaml", scene.read("ringfence.yaml").replace(/keys: \[.*?\]/, "keys: []"));
      expect((await ask(["config", "show", "-e", "development"])).exit, "sealed").toBe(0);
      for (const words of [GET, RUN]) {
        const ran = await ask(words);
        expect(`${ran.stdout}${ran.stderr}`).toContain("SECRETS_FOREIGN_KEYS");
        expect(`${ran.stdout}${ran.stderr}`).toContain(FAKE_KEYS[0]);
      }
      expect(kms.calls).toEqual([]);
    },
    TIMEOUT_MS,
  );

  test(
    "a change keeps its entry",
    async () => {
      expect((await ask(SET, { input: "another-value" })).exit).toBe(0);
      expect(scene.read(file)).toContain(FAKE_KEYS[0]);
      expect((await ask(["secret", "get", "TOKEN", "-e", "development"])).stdout).toContain("another-value");
    },
    TIMEOUT_MS,
  );
});
