import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeEach, describe, expect, test } from "vitest";
import { describeWith } from "../../../test/components.ts";
import { openVault, type VaultService } from "../../../test/contracts/services/vault.ts";
import type { SecretReference } from "../../ports/secret-store.ts";
import { openVaultSecrets } from "./index.ts";

const hasOpenssl = spawnSync("openssl", ["version"]).status === 0;
const never = new AbortController().signal;
const folder = mkdtempSync(join(tmpdir(), "ringfence-vault-"));
const jwtFile = join(folder, "jwt");
writeFileSync(jwtFile, "a JWT\n");

let vault: VaultService;
beforeEach(async () => {
  vault = await openVault();
  vault.keep("shop", { password: "one" });
});
afterEach(() => vault.close());
afterAll(() => rmSync(folder, { recursive: true }));

function reference(path: string, parameters: Record<string, string> = {}, scheme = "vault"): SecretReference {
  return { text: `${scheme}://${path}`, scheme, path, parameters };
}

const shop = reference("kv/shop");
const FOUND = { kind: "found", text: '{"password":"one"}' };

const open = (variables: Readonly<Record<string, string>>, home = folder) =>
  openVaultSecrets({ variables: { VAULT_ADDR: vault.address, ...variables }, home });

const read = async (variables: Readonly<Record<string, string>>, asked = shop) =>
  (await open(variables).read([asked], never))[0];

describe("who we are", () => {
  const logins: readonly (readonly [method: string, variables: Record<string, string>, body: object])[] = [
    [
      "approle",
      { VAULT_ROLE_ID: "role", VAULT_SECRET_ID: "secret" },
      { role_id: "role", secret_id: "secret" },
    ],
    ["jwt", { VAULT_JWT_ROLE: "ci", VAULT_JWT: "a JWT" }, { role: "ci", jwt: "a JWT" }],
    ["jwt", { VAULT_JWT_ROLE: "ci", VAULT_JWT_FILE: jwtFile }, { role: "ci", jwt: "a JWT" }],
    [
      "kubernetes",
      { VAULT_KUBERNETES_ROLE: "shop", VAULT_KUBERNETES_TOKEN_FILE: jwtFile },
      { role: "shop", jwt: "a JWT" },
    ],
    [
      "github",
      { VAULT_JWT_ROLE: "ci", VAULT_JWT: "a JWT", VAULT_AUTH_MOUNT: "github" },
      { role: "ci", jwt: "a JWT" },
    ],
  ];
  test.each(logins)("logs in by %s with %o, once for many", async (method, variables, body) => {
    vault.logins.set(method, (given) => JSON.stringify(given) === JSON.stringify(body));
    const store = open(variables);
    const asked = [shop, reference("kv/shop", { version: "1" })];
    expect(await store.read(asked, never)).toMatchObject([FOUND, FOUND]);
    expect(await store.read([shop], never)).toMatchObject([FOUND]);
    expect(vault.requests.filter(({ url }) => url.pathname.endsWith("/login"))).toHaveLength(1);
  });

  test("logs in again when its token has ended", async () => {
    vault.logins.set("jwt", () => true);
    vault.loginSeconds = 1;
    const store = open({ VAULT_JWT_ROLE: "ci", VAULT_JWT: "a JWT" });
    for (const _time of ["first", "again"]) expect(await store.read([shop], never)).toMatchObject([FOUND]);
    expect(vault.requests.filter(({ url }) => url.pathname.endsWith("/login"))).toHaveLength(2);
  });

  test("a lease ends with the token that got it", async () => {
    vault.logins.set("jwt", () => true);
    vault.loginSeconds = 60;
    const leased = reference("database/creds/shop", {}, "vault-lease");
    const answer = await read({ VAULT_JWT_ROLE: "ci", VAULT_JWT: "a JWT" }, leased);
    if (answer?.kind !== "found") throw new Error("there is one");
    expect(answer.lease!.durationMs).toBeLessThanOrEqual(60_000);
  });

  test("a lease that another token renews ends with the one that got it", async () => {
    vault.logins.set("jwt", () => true);
    vault.loginSeconds = 1;
    const leased = reference("database/creds/shop", {}, "vault-lease");
    const store = open({ VAULT_JWT_ROLE: "ci", VAULT_JWT: "a JWT" });
    const [answer] = await store.read([leased], never);
    if (answer?.kind !== "found") throw new Error("there is one");
    vault.loginSeconds = 3600;
    const renewed = await store.leases!.renew(answer.lease!, never);
    if ("kind" in renewed) throw new Error("it is renewed");
    expect(renewed.durationMs).toBeLessThanOrEqual(answer.lease!.durationMs);
    expect(vault.requests.filter(({ url }) => url.pathname.endsWith("/login"))).toHaveLength(2);
  });

  test("takes the token that `vault login` left", async () => {
    const home = mkdtempSync(join(folder, "home-"));
    writeFileSync(join(home, ".vault-token"), `${vault.token}\n`);
    expect(await open({}, home).read([shop], never)).toMatchObject([FOUND]);
  });

  test.each<readonly [string, Record<string, string>]>([
    ["nobody is signed in", {}],
    ["the token is another's", { VAULT_TOKEN: "hvs.another" }],
    ["the login is refused", { VAULT_ROLE_ID: "role", VAULT_SECRET_ID: "wrong-secret-id" }],
    ["there is no JWT", { VAULT_JWT_ROLE: "ci" }],
    ["there is no service account", { VAULT_KUBERNETES_ROLE: "r", VAULT_KUBERNETES_TOKEN_FILE: "/none" }],
    ["VAULT_ADDR is none", { VAULT_ADDR: "" }],
    ["VAULT_ADDR is of another kind", { VAULT_ADDR: "unix:///run/vault" }],
    ["a certificate can't be read", { VAULT_CACERT: "/none" }],
  ])("is denied where %s", async (_what, variables) => {
    const answer = await read(variables);
    expect(answer).toMatchObject({ kind: "denied" });
    expect(JSON.stringify(answer)).not.toContain("wrong-secret-id");
  });
});

describe("what stands in Vault's place", () => {
  const token = () => ({ VAULT_TOKEN: vault.token });

  test("a standby node leads on to the active one", async () => {
    const standby = await openVault();
    standby.instead = { status: 307, headers: { location: `${vault.address}/v1/kv/data/shop` }, body: "" };
    expect(await read({ ...token(), VAULT_ADDR: standby.address })).toMatchObject(FOUND);
    await standby.close();
  });

  test.each(["https://127.0.0.1:1/v1/kv/data/shop", "ftp://127.0.0.1/", "http://["])(
    "a redirect to %s is not followed",
    async (location) => {
      vault.instead = { status: 307, headers: { location }, body: "" };
      expect(await read(token())).toMatchObject({ kind: "unreachable" });
      expect(vault.requests).toHaveLength(1);
    },
  );

  test("a redirect to itself ends", async () => {
    vault.instead = { status: 307, headers: { location: "/v1/kv/data/shop" }, body: "" };
    expect(await read(token())).toMatchObject({ kind: "unreachable" });
  });

  test.each([
    [503, '{"errors":["Vault is sealed"]}', "unreachable"],
    [429, '{"errors":[]}', "unreachable"],
    [473, "{}", "unreachable"],
    [400, '{"errors":["no"]}', "invalid"],
    [404, '{"errors":[]}', "missing"],
    [404, '{"message":"no such page"}', "unreachable"],
    [404, "<p>not found</p>", "unreachable"],
  ])("%i %s is %s", async (status, body, kind) => {
    vault.instead = { status, body };
    expect(await read(token())).toMatchObject({ kind });
  });

  test("the namespace is sent along", async () => {
    await read({ ...token(), VAULT_NAMESPACE: "team/shop" });
    expect(vault.requests[0]!.headers["x-vault-namespace"]).toBe("team/shop");
  });
});

describeWith("Vault behind a certificate", hasOpenssl ? undefined : "openssl", () => {
  test("a certificate of one's own authority is taken when VAULT_CACERT names it, and else not", async () => {
    const [key, certificate] = [join(folder, "key.pem"), join(folder, "certificate.pem")];
    const subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1"];
    const files = ["-keyout", key, "-out", certificate];
    execFileSync("openssl", ["req", "-x509", "-newkey", "rsa:2048", "-nodes", ...subject, ...files], {
      stdio: "ignore",
    });
    const answer = JSON.stringify({ data: { data: { password: "one" }, metadata: { version: 1 } } });
    const options = { key: readFileSync(key), cert: readFileSync(certificate) };
    const server = createServer(options, (_request, response) => void response.end(answer));
    await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
    const VAULT_ADDR = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
    expect(await read({ VAULT_TOKEN: vault.token, VAULT_ADDR, VAULT_CACERT: certificate })).toMatchObject(
      FOUND,
    );
    expect(await read({ VAULT_TOKEN: vault.token, VAULT_ADDR })).toMatchObject({ kind: "unreachable" });
    server.closeAllConnections();
    await new Promise((closed) => server.close(closed));
  });
});

describe("the key-value engine", () => {
  test("a mount of several parts is named", async () => {
    vault.keep("x", { a: 1 });
    const asked = reference("kv/shop", { mount: "kv" });
    expect(await read({ VAULT_TOKEN: vault.token }, asked)).toMatchObject(FOUND);
    await read({ VAULT_TOKEN: vault.token }, reference("team/kv/shop", { mount: "team/kv" }));
    expect(vault.requests.at(-1)!.url.pathname).toBe("/v1/team/kv/data/shop");
  });

  test("a deleted version is missing, a staged copy is destroyed when it is promoted", async () => {
    const { writer, ...store } = open({ VAULT_TOKEN: vault.token });
    const staged = await writer!.stage(shop, '{"password":"two"}', "token", never);
    if (staged.kind !== "written") throw new Error("it is written");
    expect(vault.kept.get("shop")!.versions).toHaveLength(1);
    await writer!.promote(shop, staged.version, "1", never);
    expect(vault.kept.get("shop.ringfence-staged")!.versions).toMatchObject([{ destroyed: true }]);
    await writer!.discard(shop, "1", never);
    const former = reference("kv/shop", { version: "1" });
    expect(await store.read([former], never)).toMatchObject([{ kind: "missing" }]);
    expect(vault.kept.get("shop")!.versions).toMatchObject([{ deleted: true, destroyed: false }, {}]);
  });

  test("a promotion that died after its write is carried on, and writes nothing twice", async () => {
    const { writer } = open({ VAULT_TOKEN: vault.token });
    await writer!.stage(shop, '{"password":"two"}', "token", never);
    vault.keep("shop", { password: "two" });
    expect(await writer!.promote(shop, "staged-1", "1", never)).toEqual({ kind: "written", version: "2" });
    expect(vault.kept.get("shop")!.versions).toHaveLength(2);
  });

  test.each(["metadata", "destroy"])(
    "a promotion is written where %s is refused, again and again",
    async (part) => {
      const { writer } = open({ VAULT_TOKEN: vault.token });
      await writer!.stage(shop, '{"password":"two"}', "token", never);
      vault.intercept(({ url }, answer) =>
        url.pathname.startsWith(`/v1/kv/${part}/`) ? { status: 403, body: '{"errors":[]}' } : answer(),
      );
      for (const _time of ["first", "again"])
        expect(await writer!.promote(shop, "staged-1", "1", never)).toEqual({
          kind: "written",
          version: "2",
        });
      expect(vault.kept.get("shop")!.versions).toHaveLength(2);
    },
  );

  test("a text that is no object is not written", async () => {
    const { writer } = open({ VAULT_TOKEN: vault.token });
    for (const text of ["secret", "[1]", "null", '"a"'])
      expect(await writer!.create(reference("kv/new"), text, "t", never)).toMatchObject({ kind: "invalid" });
  });
});

test.each(["sys/leases", "auth/token/lookup-self", "identity/oidc", "cubbyhole/x", "a", "database/../sys/x"])(
  "no lease is asked for at %s",
  async (path) => {
    const answer = await read({ VAULT_TOKEN: vault.token }, reference(path, {}, "vault-lease"));
    expect(answer).toMatchObject({ kind: "invalid" });
    expect(vault.requests).toEqual([]);
  },
);
