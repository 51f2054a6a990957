/** The stores of AWS join the contract of the port for secrets, before moto where a machine has it: others' AWS. */
import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { accessSync, constants } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import { SecretsManager } from "@aws-sdk/client-secrets-manager";
import { SSM } from "@aws-sdk/client-ssm";
import { afterAll, beforeAll } from "vitest";
import { openAwsSecrets } from "../../src/adapters/secrets-aws/index.ts";
import type { SecretReference } from "../../src/ports/secret-store.ts";
import { describeWhereFound } from "../components.ts";
import { secretStoreContract } from "./secret-store.ts";
import { anyPort, eventually } from "./target.ts";

function isThere(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

const folders = [...(process.env.PATH ?? "").split(delimiter), join(homedir(), ".pyenv", "shims")];
const moto = folders.map((folder) => join(folder, "moto_server")).find(isThere);

const CREDENTIALS = { accessKeyId: "AKIAIOSFODNN7EXAMPLE", secretAccessKey: "a key of nobody" };
const REGION = "eu-central-1";

const ROLE = "arn:aws:iam::123456789012:role/deploy";
let endpoint = "";

const given = () => ({ endpoint, region: REGION, credentials: CREDENTIALS });

/** Names of its own for each test: all of them share one moto. */
const open = (scheme: string, keep: (name: string, text: string) => Promise<unknown>) => async () => {
  const run = randomUUID();
  const at = (name: string): SecretReference => {
    const path = `/${run}/${name}`;
    return { text: `${scheme}://${path}`, scheme, path, parameters: {} };
  };
  const variables = {
    AWS_ENDPOINT_URL: endpoint,
    AWS_REGION: REGION,
    AWS_ACCESS_KEY_ID: CREDENTIALS.accessKeyId,
    AWS_SECRET_ACCESS_KEY: CREDENTIALS.secretAccessKey,
  };
  return {
    store: openAwsSecrets({ folder: undefined, variables }),
    at,
    keep: async (name: string, text: string) => void (await keep(at(name).path, text)),
    invalid: [{ ...at("one"), parameters: { versoin: "1" } }],
    leased: { text: `aws-sts:${ROLE}`, scheme: "aws-sts", path: ROLE, parameters: {} },
    dispose: async () => undefined,
  };
};

/**
 * Makes a text the current one as PutSecretValue does in AWS. moto 5.2.1 takes AWSCURRENT from the version that was
 * written with it, not from the one that the label was moved to since, and two would have it: so it is moved here, too.
 */
async function overwrite(client: SecretsManager, name: string, text: string): Promise<void> {
  const labels = (await client.describeSecret({ SecretId: name })).VersionIdsToStages ?? {};
  const current = Object.keys(labels).find((version) => labels[version]!.includes("AWSCURRENT"))!;
  const stages = { SecretId: name, SecretString: text, VersionStages: ["OVERWRITTEN"] };
  const { VersionId } = await client.putSecretValue(stages);
  await client.updateSecretVersionStage({
    SecretId: name,
    VersionStage: "AWSCURRENT",
    RemoveFromVersionId: current,
    MoveToVersionId: VersionId!,
  });
}

describeWhereFound("moto", moto === undefined ? "moto_server" : undefined, () => {
  let server: ChildProcess;

  beforeAll(async () => {
    const port = await anyPort();
    endpoint = `http://127.0.0.1:${port}`;
    server = spawn(moto!, ["-H", "127.0.0.1", "-p", `${port}`], { stdio: "ignore", detached: true });
    await eventually(async () => (await fetch(`${endpoint}/moto-api/`)).ok, "moto is ready", 50_000);
  });

  afterAll(() => {
    // The whole group: the command may be a script around the server.
    process.kill(-server.pid!, "SIGKILL");
  });

  secretStoreContract(
    "AWS Secrets Manager by moto",
    open("aws-sm", async (name, text) => {
      const client = new SecretsManager(given());
      await client.createSecret({ Name: name, SecretString: text }).catch(async (error: Error) => {
        if (error.name !== "ResourceExistsException") throw error;
        await overwrite(client, name, text);
      });
    }),
    {
      text: (value) => value,
      largest: 65_536,
      versions: true,
      batch: 20,
      writing: "staged",
      leases: "ending",
      inHand: false,
    },
  );

  secretStoreContract(
    "AWS Parameter Store by moto",
    open("aws-ssm", (name, text) =>
      new SSM(given()).putParameter({ Name: name, Value: text, Type: "SecureString", Overwrite: true }),
    ),
    {
      text: (value) => value,
      largest: 4_096,
      versions: true,
      batch: 10,
      writing: "created",
      leases: "none",
      inHand: false,
    },
  );
});
