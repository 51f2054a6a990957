/**
 * Secrets that move into another store, and are replaced there: the value is read back from the store before it leaves
 * the secrets file, nobody's other secret is overwritten, and no plan or answer shows a value.
 */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { redact } from "../../src/base/redact.ts";
import type { AuditVerifyView } from "../../src/contract/audit.ts";
import type { ConfigEditView } from "../../src/contract/config-edit.ts";
import type { OperationView } from "../../src/contract/operation.ts";
import type { SecretPushView } from "../../src/contract/secrets.ts";
import { type AwsService, openAws } from "../contracts/services/aws.ts";
import { openVault, type VaultService } from "../contracts/services/vault.ts";
import { type CommandOptions, runWords } from "./command.ts";
import type { ChildRequest } from "./crash-child.ts";
import { startProcess } from "./other-process.ts";
import { openScene, type Scene } from "./scene.ts";

const TIMEOUT_MS = 300_000;
const LEASE_MS = 3_600_000;
const FILE = "secrets/development.yaml";
const HERE = ["-e", "development"];
const TOKEN = "first token of development";
const JSON_TOKEN = '{"user":"ada","password":"planted-Pa55word"}';

let scene: Scene;
let vault: VaultService;
let aws: AwsService;
let variables: Record<string, string>;

beforeEach(async () => {
  [scene, vault, aws] = await Promise.all([openScene(), openVault(), openAws()]);
  variables = {
    ...scene.variables,
    VAULT_ADDR: vault.address,
    VAULT_TOKEN: vault.token,
    AWS_ENDPOINT_URL: aws.address,
    AWS_REGION: "eu-central-1",
    AWS_ACCESS_KEY_ID: "AKIAIOSFODNN7EXAMPLE",
    AWS_SECRET_ACCESS_KEY: "a key of nobody",
  };
});
afterEach(async () => {
  await Promise.all([scene.shutdownAll(), vault.close(), aws.close()]);
});

const run = (words: readonly string[], options?: CommandOptions) =>
  runWords([...words, ...HERE], { folder: scene.root, variables }, options);
const plain = (words: readonly string[], options?: CommandOptions) =>
  runWords(words, { folder: scene.root, variables }, options);

async function must<T>(words: readonly string[], options?: CommandOptions): Promise<T> {
  const { answer, error } = await run(words, options);
  if (error) throw error;
  return answer as T;
}

const get = async () => (await must<{ value: string }>(["secret", "get", "TOKEN"])).value;
const bind = (to: string, ...more: string[]) => ["secret", "bind", "TOKEN", "--to", to, ...more];

describe("secret bind", () => {
  test("the value is in AWS, the file has the reference, and who asks gets the value", async () => {
    const to = "aws-sm://shop/{env}/token";
    const planned = await must<OperationView>(bind(to, "--dry-run"));
    expect(JSON.stringify(planned)).not.toContain(TOKEN);
    expect(
      aws.requests.filter(({ headers }) => String(headers["x-amz-target"]).endsWith("CreateSecret")),
    ).toEqual([]);

    const before = scene.read(FILE);
    const view = await must<ConfigEditView>(bind(to));
    expect(view.files).toEqual([FILE]);
    expect(scene.read(FILE)).not.toBe(before);
    const asked = aws.requests.length;
    expect(await get()).toBe(TOKEN);
    expect(aws.requests.length).toBeGreaterThan(asked);
    const { answer } = await run(["config", "explain", "TOKEN"]);
    expect(JSON.stringify(answer)).toContain(to);
    // A reference is no secret: it is shown wherever it stands.
    expect(redact(`kept at ${to}`)).toContain(to);

    const record = await plain(["operation", "show", view.operation]);
    expect(JSON.stringify(record.answer)).not.toContain(TOKEN);
    expect(await must<ConfigEditView>(bind(to, "--adopt"))).toMatchObject({ files: [] });
  });

  test("a structured secret is in Vault; one text is none of Vault's, and stays where it was", async () => {
    const before = scene.read(FILE);
    const refused = await run(bind("vault://kv/shop/token"));
    expect(refused.error).toMatchObject({ code: "REFERENCE_NOT_WRITTEN" });
    expect([await get(), scene.read(FILE)]).toEqual([TOKEN, before]);

    await must(["secret", "set", "TOKEN"], { input: JSON_TOKEN });
    await must(bind("vault://kv/shop/token"));
    expect(vault.kept.get("shop/token")?.versions).toMatchObject([{ data: JSON.parse(JSON_TOKEN) }]);
    expect(JSON.parse(await get())).toEqual(JSON.parse(JSON_TOKEN));
  });

  test("no number of a structured secret changes on its way, and another number is another secret", async () => {
    const [first, other] = ["9007199254740993", "9007199254740992"].map(
      (id) => `{"id":${id},"rate":1.10,"far":1e400}`,
    ) as [string, string];
    await must(["secret", "set", "TOKEN"], { input: first });
    aws.keepSecret("near", { text: other });
    expect((await run(bind("aws-sm://near"))).error).toMatchObject({ code: "REFERENCE_TAKEN" });
    await must(bind("vault://kv/shop/token"));
    expect(JSON.stringify(vault.kept.get("shop/token")?.versions[0]?.data)).toBe(first);
    expect(await get()).toBe(first);
    await must(["secret", "push", "TOKEN"], { input: other });
    expect(await get()).toBe(other);
    await must(bind("vault://kv/shop/token#id", "--adopt"));
    expect(await get()).toBe("9007199254740992");
  });

  test("the same value that is there already is adopted, another one is refused by name only", async () => {
    aws.keepSecret("mine", { text: TOKEN });
    aws.keepSecret("theirs", { text: "somebody else's secret" });
    const before = scene.read(FILE);
    const { error } = await run(bind("aws-sm://theirs"));
    expect(error).toMatchObject({ code: "REFERENCE_TAKEN" });
    expect(JSON.stringify(error)).not.toContain("somebody else's secret");
    expect(scene.read(FILE)).toBe(before);
    await must(bind("aws-sm://mine"));
    expect(await get()).toBe(TOKEN);
    await must(bind("aws-sm://theirs", "--adopt"));
    expect(await get()).toBe("somebody else's secret");
  });

  test("a field is adopted where it is, and never created", async () => {
    vault.keep("shop/db", JSON.parse(JSON_TOKEN));
    const created = await run(bind("vault://kv/shop/db#password"));
    expect(created.error).toMatchObject({ code: "REFERENCE_UNWRITABLE" });
    const missing = await run(bind("vault://kv/shop/db#pasword", "--adopt"));
    expect(missing.error).toMatchObject({ code: "REFERENCE_UNRESOLVED" });
    await must(bind("vault://kv/shop/db#password", "--adopt"));
    expect(await get()).toBe("planted-Pa55word");
  });

  test.each(["vault://kv/nowhere", "aws-sm://nowhere"])(
    "a secret that is missing at %s is not mended by signing in",
    async (to) => {
      const { error } = await run(bind(to, "--adopt"));
      expect(error).toMatchObject({
        code: "REFERENCE_UNRESOLVED",
        fix: expect.stringContaining("reference"),
      });
      expect(error?.fix).not.toContain("sign in");
    },
  );

  test("a new one comes from standard input, also in place of a placeholder", async () => {
    await must(["secret", "unset", "TOKEN"]);
    scene.write("config/development.env", "GREETING=hello\nTOKEN=<from-secrets-manager>\n");
    expect((await run(bind("aws-sm://new"))).error).toMatchObject({ code: "APP_SECRET_INPUT" });
    await must(bind("aws-sm://new"), { input: "brand new token" });
    expect(await get()).toBe("brand new token");
    const { answer } = await run(["config", "check", "--resolve"]);
    expect(JSON.stringify(answer)).not.toContain("SETTING_PLACEHOLDER");
  });

  test.each([
    ["file:secret", "REFERENCE_UNWRITABLE"],
    ['cmd:["true"]', "TRUST_REQUIRED"],
    ["no reference", "REFERENCE_UNWRITABLE"],
    ["vault://kv", "REFERENCE_UNWRITABLE"],
    ["aws-sm://a?version=1", "REFERENCE_UNWRITABLE"],
    ["vault://kv/forbidden", "REFERENCE_UNRESOLVED"],
  ])("%s is refused with %s, and nothing is changed", async (to, code) => {
    vault.deny("forbidden");
    const before = scene.read(FILE);
    const { error } = await run(bind(to));
    expect(error).toMatchObject({ code, fix: expect.any(String) });
    expect(scene.read(FILE)).toBe(before);
  });
});

describe("secret push", () => {
  const push = (value: string, ...more: string[]) =>
    run(["secret", "push", "TOKEN", ...more], { input: value });

  test("a new version is what everyone gets, the former one is named and still there", async () => {
    await must(bind("aws-sm://shop/token"));
    const set = await run(["secret", "set", "TOKEN"], { input: "a value here" });
    expect(set.error).toMatchObject({ code: "REFERENCE_UNWRITABLE" });
    expect(set.error?.fix).toContain("secret push TOKEN");

    const file = scene.read(FILE);
    const { answer } = await push("second token");
    const view = answer as SecretPushView;
    expect(view).toMatchObject({ reference: "aws-sm://shop/token", isWritten: true });
    expect(view.previous).not.toBe(view.version);
    expect([await get(), scene.read(FILE)]).toEqual(["second token", file]);
    const kept = await must(bind(`aws-sm://shop/token?version=${view.previous}`, "--adopt"));
    expect(kept).toBeDefined();
    expect(await get()).toBe(TOKEN);
    expect((await push("third")).error).toMatchObject({ code: "REFERENCE_UNWRITABLE" });
  });

  test("one field of a secret in Vault, the others stay; the same value writes nothing", async () => {
    vault.keep("shop/db", { user: "ada", password: "old", port: 5432 });
    await must(bind("vault://kv/shop/db#password", "--adopt"));
    const { answer } = await push("new-password-1");
    expect(answer).toMatchObject({ previous: "1", version: "2" });
    expect(vault.kept.get("shop/db")?.versions.at(-1)?.data).toEqual({
      user: "ada",
      password: "new-password-1",
      port: 5432,
    });
    expect((await push("new-password-1")).answer).toMatchObject({ isWritten: false, version: "2" });
    expect(vault.kept.get("shop/db")?.versions).toHaveLength(2);
  });

  test("what can't be staged fails, and nothing is changed", async () => {
    aws.keepParameter("/shop/token", TOKEN);
    await must(bind("aws-ssm:///shop/token"));
    const { error } = await push("second token");
    expect(error).toMatchObject({ code: "REFERENCE_NOT_WRITTEN" });
    expect(await get()).toBe(TOKEN);
  });

  test("somebody's write while a lost answer is waited for stays", async () => {
    vault.keep("shop/db", { password: "old" });
    await must(bind("vault://kv/shop/db#password", "--adopt"));
    vault.intercept((request, answer) => {
      const answered = answer();
      if (request.method !== "POST" || request.url.pathname !== "/v1/kv/data/shop/db") return answered;
      vault.keep("shop/db", { password: "theirs" });
      return { status: 503, body: "" };
    });
    expect((await push("new-password-1")).error).toMatchObject({ code: "REFERENCE_CHANGED" });
    expect(await get()).toBe("theirs");
    expect(vault.kept.get("shop/db")?.versions).toHaveLength(3);
  });

  test("a push that took effect is done, also where the store fails after it", async () => {
    vault.keep("shop/db", { password: "old" });
    await must(bind("vault://kv/shop/db#password", "--adopt"));
    let isWritten = false;
    vault.intercept(({ method, url }, answer) => {
      if (isWritten && url.pathname.includes("ringfence-staged")) return { status: 503, body: "" };
      if (method !== "POST" || url.pathname !== "/v1/kv/data/shop/db") return answer();
      isWritten = true;
      return Promise.resolve(answer()).then(() => ({ status: 503, body: "" }));
    });
    const warnings: string[] = [];
    const options = { input: "new-password-1", warn: (text: string) => void warnings.push(text) };
    const view = await must<SecretPushView>(["secret", "push", "TOKEN"], options);
    expect(view).toMatchObject({ previous: "1", version: "2" });
    expect(warnings).toHaveLength(1);
    expect(JSON.stringify(warnings)).not.toContain("new-password-1");
    expect((await plain(["operation", "show", view.operation])).answer).toMatchObject({ state: "succeeded" });
    expect(await get()).toBe("new-password-1");
  });

  test("a secret that is kept here is set, not pushed", async () => {
    expect((await push("x")).error).toMatchObject({ code: "APP_BAD_INPUT" });
  });
});

describe("killed anywhere", () => {
  const running = async () =>
    (await plain(["operation", "list", "--state", "running"])).answer as OperationView[];
  const spawn = (words: readonly string[], request: Partial<ChildRequest> = {}) =>
    startProcess({ root: scene.root, variables, words: [...words, ...HERE], leaseMs: LEASE_MS, ...request });

  async function endings(words: readonly string[], input: string, prepare: (round: number) => Promise<void>) {
    await prepare(0);
    const ended = await spawn(words, { input }).ended;
    expect(ended).toMatchObject({ exit: 0, code: null });
    return ended!.commits;
  }

  test("a binding is carried on or taken back, and the value is never nowhere", {
    timeout: TIMEOUT_MS,
  }, async () => {
    const prepare = async () => {
      await must(["secret", "unset", "TOKEN"]);
      await must(["secret", "set", "TOKEN"], { input: TOKEN });
    };
    const commits = await endings(bind("aws-sm://round-0"), "", prepare);
    const seen = { on: 0, back: 0, rest: 0 };
    for (let round = 1; round <= commits; round++) {
      await prepare();
      const label = `killed at commit ${round}`;
      const halt = { signal: "SIGKILL", commit: round, when: round % 2 ? "before" : "after" } as const;
      const words = bind(`aws-sm://round-${round}`);
      expect(await spawn(words, { halt }).ended, label).toBeUndefined();
      expect(await get(), label).toBe(TOKEN);
      const [interrupted] = await running();
      if (interrupted) {
        const back = round % 4 < 2 ? ["--undo"] : [];
        const { error } = await plain(["operation", "resume", interrupted.id, ...back]);
        if (error?.code === "OPERATION_PAST_PIVOT") await plain(["operation", "resume", interrupted.id]);
        seen[back.length > 0 ? "back" : "on"] += 1;
      } else seen.rest += 1;
      expect(await running(), label).toEqual([]);
      expect(await get(), label).toBe(TOKEN);
      await run(words);
      expect(JSON.stringify((await run(["config", "explain", "TOKEN"])).answer), label).toContain(
        `round-${round}`,
      );
    }
    expect(Object.values(seen).every((times) => times > 0)).toBe(true);
    expect((await plain(["audit", "verify"])).answer as AuditVerifyView).toMatchObject({ valid: true });
  });

  test("a push is carried on or taken back, and leaves nothing staged", { timeout: TIMEOUT_MS }, async () => {
    vault.keep("shop/db", { password: "old" });
    await must(bind("vault://kv/shop/db#password", "--adopt"));
    const words = ["secret", "push", "TOKEN"];
    const commits = await endings(words, "pushed-token-0", async () => {});
    const seen = { old: 0, new: 0, told: 0 };
    const known = new Set<string>();
    const pushed = async () => {
      const all = (await plain(["operation", "list"])).answer as OperationView[];
      const added = all.filter(({ id, kind }) => kind === "secret push" && !known.has(id));
      for (const { id } of added) known.add(id);
      return added;
    };
    await pushed();
    for (let round = 1; round <= commits; round++) {
      const [before, value] = [await get(), `pushed-token-${round}`];
      const label = `killed at commit ${round}`;
      const halt = { signal: "SIGKILL", commit: round, when: round % 2 ? "before" : "after" } as const;
      expect(await spawn(words, { halt, input: value }).ended, label).toBeUndefined();
      const [interrupted] = await running();
      const warnings: string[] = [];
      const warn = (text: string) => void warnings.push(text);
      if (interrupted) {
        const back = round % 4 < 2 ? ["--undo"] : [];
        const { error } = await plain(["operation", "resume", interrupted.id, ...back], { warn });
        if (error?.code === "OPERATION_PAST_PIVOT") await plain(["operation", "resume", interrupted.id]);
      }
      expect(await running(), label).toEqual([]);
      const states = (await pushed()).map(({ state }) => state);
      const after = await get();
      expect([before, value], label).toContain(after);
      seen[after === value ? "new" : "old"] += 1;
      // Taken back although everyone has it: then that is said.
      const isTold = states.includes("failed") && warnings.some((text) => text.includes("before: version"));
      expect(states.includes("succeeded") || isTold, label).toBe(after === value);
      if (isTold) seen.told += 1;
      const copies = vault.kept.get("shop/db.ringfence-staged")?.versions ?? [];
      expect(
        copies.filter(({ destroyed }) => !destroyed),
        label,
      ).toEqual([]);
    }
    expect(Object.values(seen).every((times) => times > 0)).toBe(true);
  });
});
