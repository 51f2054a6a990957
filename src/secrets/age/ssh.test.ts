import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { describeWith } from "../../../test/components.ts";
import { missingAge, refusal } from "../test-support.ts";
import { createIdentity, parseIdentities, parseIdentity, parseRecipient, recipientOf } from "./identities.ts";
import { isLocked, lockIdentities, unlockIdentities } from "./lock.ts";
import { openAge, openArmoredAge } from "./open.ts";
import { sealAge } from "./seal.ts";

const missingKeygen =
  spawnSync("ssh-keygen", ["-?"]).error === undefined
    ? undefined
    : "ssh-keygen (apt-get install -y openssh-client)";

describe("recipients", () => {
  test.each([
    ["a point of low order", `ssh-ed25519 ${wire(Buffer.from([1, ...Array<number>(31).fill(0)]))}`],
    ["another type", `ssh-rsa ${wire(Buffer.alloc(32, 9))}`],
    ["a key too short", `ssh-ed25519 ${wire(Buffer.alloc(31, 9))}`],
    ["a type inside that is another", `ssh-ed25519 ${wire(Buffer.alloc(32, 9), "ssh-ed25518")}`],
    ["no key", "ssh-ed25519"],
    ["a plugin's recipient", "age1yubikey1qwt50d05nh5vutpdzmlg5wn80xq5negm4uj9ghv0snvdd3yysf5yw3rhl3t"],
    ["upper case", "AGE1ZVKYG2LQZRACZ2WZ2ELFDJ9YJQ2C"],
  ])("are refused: %s", (_, text) => {
    expect(refusal(() => parseRecipient(text)).code).toBe("SECRETS_BAD_RECIPIENT");
  });

  function wire(publicKey: Buffer, type = "ssh-ed25519"): string {
    const string = (bytes: Buffer): Buffer => Buffer.concat([Buffer.from([0, 0, 0, bytes.length]), bytes]);
    return Buffer.concat([string(Buffer.from(type)), string(publicKey)]).toString("base64");
  }
});

describe("identities that are not for us", () => {
  const plugin = "AGE-PLUGIN-YUBIKEY-1QQPQZRVYXQG";

  test("are left out beside others, and refused alone", async () => {
    const { identity, text } = await createIdentity();
    expect(parseIdentities(`${plugin}\n${text}`, "keys.txt")).toEqual([identity]);
    expect(refusal(() => parseIdentities(`\n${plugin}\n`, "keys.txt"))).toMatchObject({
      code: "SECRETS_UNSUPPORTED",
      where: "keys.txt:2:1",
    });
  });

  test.each([
    ["a PEM block of another kind", "-----BEGIN RSA PRIVATE KEY-----\nAAAA\n-----END RSA PRIVATE KEY-----\n"],
    ["a block that does not end", "-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n"],
    [
      "a block of something else",
      "-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----",
    ],
  ])("are refused where they begin: %s", (_, text) => {
    expect(refusal(() => parseIdentities(`# a comment\n${text}`, "id"))).toMatchObject({
      code: "SECRETS_BAD_IDENTITY",
      where: "id:2:1",
    });
  });
});

describe("locked identities", async () => {
  const { identity, text } = await createIdentity();
  const locked = await lockIdentities(text, "four words are enough");

  test("open with their passphrase only", () => {
    expect(isLocked(locked)).toBe(true);
    expect(locked).not.toContain(identity);
    expect(unlockIdentities(locked, "four words are enough")).toEqual([identity]);
    expect(refusal(() => unlockIdentities(locked, "four words", "id.age"))).toMatchObject({
      code: "SECRETS_WRONG_PASSPHRASE",
      where: "id.age",
      exit: 12,
    });
  });

  test("are told from other files", async () => {
    expect(isLocked(text)).toBe(false);
    expect(isLocked("")).toBe(false);
    const sealed = await sealAge(Buffer.from("x"), [parseRecipient((await createIdentity()).recipient)]);
    expect(isLocked(sealed)).toBe(false);
    for (const other of [text, sealed])
      expect(refusal(() => unlockIdentities(other, "p")).code).toBe("SECRETS_BAD_IDENTITY");
  });

  test("are refused when damaged, or when opening them would take too much", () => {
    const binary = Buffer.from(locked.split("\n").slice(1, -2).join(""), "base64");
    expect(isLocked(binary)).toBe(true);
    for (const [from, to] of [
      [" 18\n", " 21\n"],
      [" 18\n", " 018\n"],
      ["-> scrypt", "-> scrypt x"],
    ] as const) {
      const changed = Buffer.from(binary.toString("latin1").replace(from, to), "latin1");
      expect(changed.equals(binary)).toBe(false);
      expect(refusal(() => unlockIdentities(changed, "four words are enough")).code).toBe(
        "SECRETS_BAD_IDENTITY",
      );
    }
    const cut = binary.subarray(0, -1);
    expect(refusal(() => unlockIdentities(cut, "four words are enough")).code).toBe("SECRETS_BAD_IDENTITY");
  });

  test("hold identities, under a passphrase", async () => {
    await expect(lockIdentities("words", "p")).rejects.toMatchObject({ code: "SECRETS_BAD_IDENTITY" });
    await expect(lockIdentities(text, "")).rejects.toMatchObject({ code: "SECRETS_BAD_VALUE" });
  });
});

describeWith("ssh-keygen's keys", missingKeygen ?? missingAge, () => {
  const folder = mkdtempSync(join(tmpdir(), "ringfence-ssh-"));
  afterAll(() => rmSync(folder, { recursive: true }));

  function run(command: string, args: string[], input?: string): string {
    const result = spawnSync(command, args, { input });
    expect(result.status, result.stderr.toString()).toBe(0);
    return result.stdout.toString();
  }

  function keygen(name: string, ...more: string[]): { path: string; identity: string; line: string } {
    const path = join(folder, name);
    run("ssh-keygen", ["-q", "-t", "ed25519", "-C", "ada at work", "-N", "", ...more, "-f", path]);
    return { path, identity: readFileSync(path, "utf8"), line: readFileSync(`${path}.pub`, "utf8") };
  }

  const keys = Array.from({ length: 6 }, (_, index) => keygen(`id_${index}`));
  const { path, identity, line } = keys[0]!;

  test("have the recipient that stands in their .pub file", () => {
    for (const key of keys) {
      const recipient = recipientOf(key.identity);
      expect(key.line.trim()).toBe(`${recipient} ada at work`);
      expect(parseRecipient(key.line).text).toBe(recipient);
    }
  });

  test("are read from a file with others, CRLF or not", async () => {
    const made = await createIdentity();
    const several = `# keys\r\n${identity.replaceAll("\n", "\r\n")}\r\n${made.text}${keys[1]!.identity}`;
    expect(parseIdentities(several, "id")).toEqual([identity, made.identity, keys[1]!.identity]);
  });

  test("open what age encrypts to them, and nothing else", () => {
    for (const key of keys) {
      const armored = run("age", ["-a", "-r", key.line.trim()], "hello");
      const opening = openArmoredAge(armored, [parseIdentity(key.identity)]);
      expect(opening).toEqual({ kind: "opened", content: Buffer.from("hello") });
      const other = keys.find((one) => one !== key)!;
      expect(openArmoredAge(armored, [parseIdentity(other.identity)])).toEqual({ kind: "sealed" });
    }
  });

  test("age opens with them what is encrypted here", async () => {
    for (const key of keys) {
      const armored = await sealAge(Buffer.from("hello"), [parseRecipient(key.line)]);
      expect(run("age", ["-d", "-i", key.path], armored)).toBe("hello");
    }
  });

  test("with any byte of the stanza changed open nothing", async () => {
    const armored = await sealAge(Buffer.from("hello"), [parseRecipient(line)]);
    const bytes = Buffer.from(armored.split("\n").slice(1, -2).join(""), "base64");
    const identities = [parseIdentity(identity)];
    expect(openAge(bytes, identities).kind).toBe("opened");
    for (let at = 0; at < bytes.length; at++) {
      const changed = Buffer.from(bytes);
      changed[at] = changed[at]! ^ 1;
      expect(openAge(changed, identities).kind, `byte ${at}`).not.toBe("opened");
    }
  });

  test("with a passphrase are refused, and the fix leads out", () => {
    const secured = keygen("secured", "-N", "words");
    const error = refusal(() => parseIdentities(secured.identity, secured.path));
    expect(error).toMatchObject({ code: "SECRETS_IDENTITY_LOCKED", where: `${secured.path}:1:1`, exit: 12 });
    expect(error.fix).toContain("ssh-keygen -p");
    run("sh", ["-c", error.fix!.replace("-p ", "-p -P words ")]);
    const copy = readFileSync(`${secured.path}.age`, "utf8");
    expect(`${recipientOf(copy)} ada at work`).toBe(secured.line.trim());
  });

  test("of other types are refused by their type", () => {
    for (const type of ["rsa", "ecdsa"]) {
      const other = keygen(`id_${type}`, "-t", type);
      const error = refusal(() => parseIdentities(other.identity, other.path));
      expect(error).toMatchObject({ code: "SECRETS_UNSUPPORTED" });
      expect(error.message).toContain(type);
      expect(refusal(() => parseRecipient(other.line)).code).toBe("SECRETS_BAD_RECIPIENT");
    }
  });

  test("damaged ones are refused without their content", () => {
    const lines = identity.split("\n");
    for (let at = 1; at < lines.length - 2; at++) {
      const damaged = lines.with(at, lines[at]!.slice(1)).join("\n");
      const error = refusal(() => parseIdentities(damaged, path));
      expect(error.code).toBe("SECRETS_BAD_IDENTITY");
      expect(JSON.stringify(error)).not.toContain(lines[3]!.slice(10, 40));
    }
  });
});

const missingScript =
  spawnSync("script", ["--version"]).status === 0 ? undefined : "script (apt-get install -y bsdutils)";

/** age asks for passphrases on a terminal, and takes them from nowhere else. */
describeWith("age -p", missingAge ?? missingScript, () => {
  const folder = mkdtempSync(join(tmpdir(), "ringfence-locked-"));
  afterAll(() => rmSync(folder, { recursive: true }));

  function onTerminal(command: string, typed: string): void {
    const result = spawnSync("script", ["-q", "-e", "-E", "never", "-c", command, "/dev/null"], {
      input: typed,
      timeout: 60_000,
    });
    expect(result.status, result.stdout.toString()).toBe(0);
  }

  test.each([
    ["armored", "-a"],
    ["binary", ""],
  ])("what it locks opens here: %s", async (_, flag) => {
    const { identity, text } = await createIdentity();
    const plain = join(folder, `plain${flag}`);
    const locked = join(folder, `locked${flag}`);
    writeFileSync(plain, text);
    onTerminal(`age -p ${flag} -o ${locked} ${plain}`, "some words\nsome words\n");
    const content = readFileSync(locked);
    expect(isLocked(content)).toBe(true);
    expect(unlockIdentities(content, "some words")).toEqual([identity]);
  });

  test("it opens what is locked here", async () => {
    const { text } = await createIdentity();
    const locked = join(folder, "ours");
    writeFileSync(locked, await lockIdentities(text, "some words"));
    onTerminal(`age -d -o ${locked}.txt ${locked}`, "some words\n");
    expect(readFileSync(`${locked}.txt`, "utf8")).toBe(text);
  });
});
