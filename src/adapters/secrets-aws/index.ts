/**
 * Secrets that AWS keeps: Secrets Manager (`aws-sm`), Parameter Store (`aws-ssm`), and sessions of roles (`aws-sts`).
 * AWS's packages are the user's own and are loaded with the first reference that needs them.
 */
import { answerByKind } from "../../base/answering.ts";
import { canonicalJson } from "../../base/canonical-json.ts";
import type {
  SecretAnswer,
  SecretReference,
  SecretRefusal,
  SecretStore,
  SecretWriter,
  SecretWritten,
} from "../../ports/secret-store.ts";
import { type AwsOptions, openClients } from "./clients.ts";
import { openSecretsManager } from "./managed-secrets.ts";
import { openSecretsManagerWriter } from "./managed-secrets-writing.ts";
import { openParameterStore } from "./parameter-store.ts";
import { openParameterStoreWriter } from "./parameter-store-writing.ts";
import { openRoleSessions } from "./role-sessions.ts";

export type { AwsOptions } from "./clients.ts";

type Read = (references: readonly SecretReference[], signal: AbortSignal) => Promise<SecretAnswer[]>;

function noScheme(scheme: string): SecretRefusal {
  return { kind: "invalid", why: `AWS is not asked, or not written to, by ${scheme}` };
}

/** Each call goes to the writer of its reference's scheme. */
function writerByScheme(writers: Readonly<Record<string, SecretWriter>>): SecretWriter {
  const by = async (
    { scheme }: SecretReference,
    work: (writer: SecretWriter) => Promise<SecretWritten>,
  ): Promise<SecretWritten> => {
    const writer = writers[scheme];
    return writer ? work(writer) : noScheme(scheme);
  };
  return {
    create: (reference, ...rest) => by(reference, (writer) => writer.create(reference, ...rest)),
    stage: (reference, ...rest) => by(reference, (writer) => writer.stage(reference, ...rest)),
    promote: (reference, ...rest) => by(reference, (writer) => writer.promote(reference, ...rest)),
    discard: (reference, ...rest) => by(reference, (writer) => writer.discard(reference, ...rest)),
  };
}

/** Opens nothing yet, and loads no package before it is asked. */
export function openAwsSecrets(options: AwsOptions): SecretStore {
  const clients = openClients(options);
  const readers: Readonly<Record<string, Read>> = {
    "aws-sm": openSecretsManager(clients),
    "aws-ssm": openParameterStore(clients),
    "aws-sts": openRoleSessions(clients.tokenService, options.variables),
  };
  return {
    schemes: Object.keys(readers),
    read: (references, signal) =>
      answerByKind<SecretReference, SecretAnswer>(
        references,
        {
          kindOf: ({ scheme }) => scheme,
          keyOf: ({ scheme, path, parameters }) => canonicalJson([scheme, path, parameters]),
          works: readers,
          none: noScheme,
        },
        signal,
      ),
    writer: writerByScheme({
      "aws-sm": openSecretsManagerWriter(clients),
      "aws-ssm": openParameterStoreWriter(clients),
    }),
  };
}
