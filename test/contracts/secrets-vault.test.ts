/** Vault joins the contract of the port for secrets, before a service of this machine. */
import { openVaultSecrets } from "../../src/adapters/secrets-vault/index.ts";
import type { SecretReference } from "../../src/ports/secret-store.ts";
import { secretStoreContract } from "./secret-store.ts";
import { openVault } from "./services/vault.ts";

const at = (path: string, parameters: Readonly<Record<string, string>> = {}): SecretReference => ({
  text: `vault://${path}`,
  scheme: "vault",
  path,
  parameters,
});

secretStoreContract(
  "Vault",
  async () => {
    const vault = await openVault();
    vault.deny("forbidden");
    const variables = { VAULT_ADDR: vault.address, VAULT_TOKEN: vault.token };
    return {
      store: openVaultSecrets({ variables, home: "/nowhere" }),
      at: (name) => at(`kv/shop/${name}`),
      keep: async (name, text) => vault.keep(`shop/${name}`, JSON.parse(text)),
      invalid: [
        at("kv"),
        at("kv/../sys/mounts"),
        at("kv//shop"),
        at("kv/shop?version=1"),
        at("kv/shop", { field: "a" }),
        at("kv/shop", { mount: "other" }),
        at("kv/shop.ringfence-staged"),
      ],
      leased: { ...at("database/creds/shop"), scheme: "vault-lease" },
      service: {
        denied: at("kv/forbidden"),
        fail: vault.fail,
        asked: vault.asked,
        swallowed: vault.swallowed,
        requests: () => vault.requests.length,
      },
      dispose: vault.close,
    };
  },
  {
    text: (value) => JSON.stringify({ value }),
    largest: 50_000,
    tooLarge: 200_000,
    versions: true,
    batch: 1,
    writing: "staged",
    leases: "renewable",
    inHand: true,
  },
);
