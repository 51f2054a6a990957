/** The stores of AWS join the contract of the port for secrets, before a service of this machine. */
import { openAwsSecrets } from "../../src/adapters/secrets-aws/index.ts";
import type { SecretReference } from "../../src/ports/secret-store.ts";
import { secretStoreContract } from "./secret-store.ts";
import type { SecretStoreUnderTest } from "./secret-store-subject.ts";
import { type AwsService, openAws } from "./services/aws.ts";

const reference =
  (scheme: string) =>
  (path: string, parameters: Readonly<Record<string, string>> = {}): SecretReference => ({
    text: `${scheme}://${path}`,
    scheme,
    path,
    parameters,
  });

const KEYS = { AWS_ACCESS_KEY_ID: "AKIAIOSFODNN7EXAMPLE", AWS_SECRET_ACCESS_KEY: "a key of nobody" };
const secret = reference("aws-sm");
const parameter = reference("aws-ssm");
const session = reference("aws-sts");

type Part = Pick<SecretStoreUnderTest, "at" | "keep" | "invalid" | "leased"> & { denied: SecretReference };

const open = (part: (aws: AwsService) => Part) => async (): Promise<SecretStoreUnderTest> => {
  const aws = await openAws();
  const variables = { ...KEYS, AWS_ENDPOINT_URL: aws.address, AWS_REGION: "eu-central-1" };
  const { denied, ...given } = part(aws);
  return {
    ...given,
    store: openAwsSecrets({ folder: undefined, variables }),
    service: {
      denied,
      fail: aws.fail,
      asked: aws.asked,
      swallowed: aws.swallowed,
      requests: () => aws.requests.length,
    },
    dispose: aws.close,
  };
};

const text = (value: string) => value;

secretStoreContract(
  "AWS Secrets Manager",
  open((aws) => {
    aws.deny("forbidden");
    return {
      at: secret,
      keep: async (name, text) => aws.keepSecret(name, { text }),
      denied: secret("forbidden"),
      invalid: [
        secret("no name\n"),
        secret("one", { versoin: "1" }),
        secret("one", { region: "example.com/#" }),
        secret("arn:aws:secretsmanager:us-east-1:123456789012:secret:one", { region: "eu-central-1" }),
      ],
      leased: session("arn:aws:iam::123456789012:role/deploy"),
    };
  }),
  {
    text,
    largest: 65_536,
    tooLarge: 65_537,
    versions: true,
    batch: 20,
    writing: "staged",
    leases: "ending",
    inHand: true,
  },
);

secretStoreContract(
  "AWS Parameter Store",
  open((aws) => {
    aws.deny("/shop/forbidden");
    return {
      at: (name) => parameter(`/shop/${name}`),
      keep: async (name, text) => aws.keepParameter(`/shop/${name}`, text),
      denied: parameter("/shop/forbidden"),
      invalid: [
        parameter("/shop//one"),
        parameter("/shop/one:1", { version: "1" }),
        parameter("/shop/one", { stage: "AWSCURRENT" }),
        parameter("/shop/one", { label: "no label" }),
      ],
    };
  }),
  {
    text,
    largest: 8_192,
    tooLarge: 8_193,
    versions: true,
    batch: 10,
    writing: "created",
    leases: "none",
    inHand: true,
  },
);
