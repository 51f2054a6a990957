/** Clients of AWS's services, one for each region and profile. They log nothing and ask nothing twice. */
import { Readable } from "node:stream";
import type { SecretsManager } from "@aws-sdk/client-secrets-manager";
import type { SSM } from "@aws-sdk/client-ssm";
import type { STS } from "@aws-sdk/client-sts";
import type { SecretRefusal } from "../../ports/secret-store.ts";
import { credentialsFor } from "./credentials.ts";
import type { Variables } from "./identity-token.ts";
import { loadPackage, packagePlaces } from "./packages.ts";
import { isRefusal, type Scope, scopeKey } from "./reference.ts";

export interface AwsOptions {
  /** Folder of a project whose installed packages may be loaded; undefined where nothing of it may run. */
  readonly folder: string | undefined;
  /** Of the process: AWS_REGION, AWS_ENDPOINT_URL, credentials. The SDK's own chain reads the process's. */
  readonly variables: Variables;
}

export interface Clients {
  secretsManager(scope: Scope): Promise<SecretsManager | SecretRefusal>;
  parameterStore(scope: Scope): Promise<SSM | SecretRefusal>;
  tokenService(scope: Scope): Promise<STS | SecretRefusal>;
}

/** Twenty secrets of the largest size, every character escaped, and room. */
const LARGEST_ANSWER = 16 * 1024 * 1024;
const CONNECTION_TIMEOUT_MS = 10_000;

const nothing = () => undefined;
const SILENT = { trace: nothing, debug: nothing, info: nothing, warn: nothing, error: nothing };

async function* limited(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > LARGEST_ANSWER) throw Object.assign(new Error("too much"), { code: "ANSWER_TOO_LARGE" });
    yield chunk;
  }
}

interface Answered {
  response: unknown;
}

/** Below everything else of the SDK: an answer is read only so far. */
function limitAnswers(client: SecretsManager | SSM | STS): void {
  const stack = client.middlewareStack as unknown as {
    add(
      middleware: (next: (given: unknown) => Promise<Answered>) => (given: unknown) => Promise<Answered>,
      options: { step: "deserialize"; priority: "low"; name: string },
    ): void;
  };
  const limit = (next: (given: unknown) => Promise<Answered>) => async (given: unknown) => {
    const answered = await next(given);
    const response = answered.response as { body?: unknown };
    if (response.body instanceof Readable) response.body = Readable.from(limited(response.body));
    return answered;
  };
  stack.add(limit, { step: "deserialize", priority: "low", name: "ringfenceLimit" });
}

function endpointOf(variables: Variables, service: string): string | undefined {
  return variables[`AWS_ENDPOINT_URL_${service}`] || variables.AWS_ENDPOINT_URL || undefined;
}

export function openClients({ folder, variables }: AwsOptions): Clients {
  const places = packagePlaces(folder);
  const open = new Map<string, Promise<unknown>>();

  const configuration = (scope: Scope, service: string) => {
    const region = scope.region ?? (variables.AWS_REGION || variables.AWS_DEFAULT_REGION || undefined);
    const credentials = credentialsFor(scope, variables, () => clients.tokenService(scope));
    const endpoint = endpointOf(variables, service);
    return {
      maxAttempts: 1,
      logger: SILENT,
      requestHandler: { connectionTimeout: CONNECTION_TIMEOUT_MS },
      ...(region === undefined ? {} : { region }),
      ...(endpoint === undefined ? {} : { endpoint }),
      ...(scope.profile === undefined ? {} : { profile: scope.profile }),
      ...(credentials === undefined ? {} : { credentials }),
    };
  };

  /** One client for each service and scope, made when it is first asked for. */
  const once = <Client>(service: string, scope: Scope, make: () => Promise<Client>): Promise<Client> => {
    const key = `${service}\n${scopeKey(scope)}`;
    const known = open.get(key) as Promise<Client> | undefined;
    if (known) return known;
    const made = make();
    open.set(key, made);
    return made;
  };

  const made = <Client extends SecretsManager | SSM | STS>(client: Client): Client => {
    limitAnswers(client);
    return client;
  };

  const clients: Clients = {
    secretsManager: (scope) =>
      once("sm", scope, async () => {
        const sdk = await loadPackage("@aws-sdk/client-secrets-manager", places);
        return isRefusal(sdk) ? sdk : made(new sdk.SecretsManager(configuration(scope, "SECRETS_MANAGER")));
      }),
    parameterStore: (scope) =>
      once("ssm", scope, async () => {
        const sdk = await loadPackage("@aws-sdk/client-ssm", places);
        return isRefusal(sdk) ? sdk : made(new sdk.SSM(configuration(scope, "SSM")));
      }),
    tokenService: (scope) =>
      once("sts", scope, async () => {
        const sdk = await loadPackage("@aws-sdk/client-sts", places);
        return isRefusal(sdk) ? sdk : made(new sdk.STS(configuration(scope, "STS")));
      }),
  };
  return clients;
}
