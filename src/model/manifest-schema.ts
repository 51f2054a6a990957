/**
 * The shape of `ringfence.yaml` as a zod schema; the JSON Schema for editors is made from it. What one value
 * alone can't tell (names that refer to others, defaults against their types) is checked in manifest-links and
 * manifest-settings.
 */
import * as z from "zod";
import { DOTENV_DIALECTS, LAYER_FORMATS } from "./layer.ts";
import { FORMATS, type Format } from "./manifest-formats.ts";
import { exceptionsSchema, foldersSchema, resourcesSchema } from "./manifest-isolation.ts";
import { policiesSchema } from "./manifest-policies.ts";
import { rotationSchema } from "./manifest-rotation.ts";
import { expectSchema, ruleSchema } from "./manifest-rules.ts";
import { SETTABLE_POLICIES } from "./policy.ts";
import { PHASES, SETTING_TYPES, SYNC_POLICIES } from "./setting.ts";
import { FORMAT_NAMES } from "./value-format.ts";

const word = (format: Format) => z.string().regex(format.pattern);
const name = word(FORMATS.name);
const file = word(FORMATS.file);
const route = word(FORMATS.route);
const words = z.array(z.string().min(1)).min(1);
const bound = z.union([z.number(), z.string()]);

const environment = z
  .strictObject({
    kind: z
      .string()
      .optional()
      .describe(
        "local, development, preview, testing, integration, staging, production, disaster-recovery, or one of kinds. " +
          "May be left out where the environment's name is a kind.",
      ),
    hosts: z.array(word(FORMATS.host)).optional().describe("Host name patterns; * matches any characters."),
    ports: z
      .record(name, z.int().min(1).max(65_535))
      .optional()
      .describe("Public port of each service. No two environments and no two services share one."),
    recipients: z
      .array(word(FORMATS.recipientEntry))
      .optional()
      .describe(
        "Who this environment's secrets are encrypted to: age recipients and ssh-ed25519 keys, of which no two " +
          "environments share one; person:NAME, machine:NAME, role:NAME.",
      ),
    keys: z
      .array(word(FORMATS.serviceKey))
      .optional()
      .describe(
        "Keys of key services and PGP that may open this environment's secrets too, as secret recipients list shows " +
          "them; a new data key is given to no other.",
      ),
    short: name
      .optional()
      .describe("Name in paths, where {short} stands for it; as in config/environments/dev."),
    region: z
      .string()
      .regex(/^[A-Za-z0-9-]+$/)
      .optional()
      .describe("Where it runs; {region} stands for it in paths."),
    prefix: word(FORMATS.prefix)
      .optional()
      .describe("Variables that begin with it belong to this environment alone, as DEV_."),
    folders: foldersSchema.optional().describe("Folders of its own, by what lies there."),
    resources: resourcesSchema.optional().describe("What is its own and stands in no setting."),
    policies: policiesSchema.optional(),
  })
  .describe("A named place where releases run.");

const kind = z
  .strictObject({
    like: z.string().describe("The built-in kind that it derives from."),
    hosts: z
      .array(word(FORMATS.host))
      .optional()
      .describe("Host name patterns of its environments that declare none themselves."),
    policies: policiesSchema.optional(),
  })
  .describe("A kind of the project's own.");

const layerPart = {
  optional: z.boolean().optional().describe("A missing file is no mistake."),
  final: z
    .union([z.boolean(), z.array(word(FORMATS.variable)).min(1)])
    .optional()
    .describe("Later sources may not override what it sets: true, or the settings that this is about."),
  only: words.optional().describe("Environments and kinds that it is for; all where left out."),
};

const layer = z.union([
  z.string().min(1).describe("A path; a ? at the end makes it optional, as in .env?"),
  z.strictObject({
    path: file.describe(
      "Path inside the project; {env}, {short}, {kind} and {region} stand for the environment's own.",
    ),
    format: z.enum(LAYER_FORMATS).optional().describe("By the file's name where left out."),
    dialect: z
      .enum(DOTENV_DIALECTS)
      .optional()
      .describe("Whose rules a .env file is read by; ringfence's where left out."),
    ...layerPart,
  }),
  z.strictObject({
    command: words.describe(
      "Prints the layer as JSON; run without a shell, once it is trusted (ringfence trust).",
    ),
    ...layerPart,
  }),
  z.strictObject({
    module: file.describe(
      "Its default export is the layer, or a function from the environment's name to it; trusted first.",
    ),
    ...layerPart,
  }),
]);

const store = z
  .strictObject({
    command: words
      .optional()
      .describe(
        "Prints the secret; run without a shell, once it is trusted. {reference} and {path} stand for what is asked.",
      ),
    timeout: word(FORMATS.duration).optional().describe("How long one call may take; 10s where left out."),
  })
  .describe("Who answers references of this scheme.");

const override = z.strictObject({
  required: z.boolean().optional().describe("Whether it is required there."),
  default: z.unknown().optional().describe("Applies there where no layer sets the key."),
  values: words.optional().describe("What an enum allows there."),
  pattern: z
    .string()
    .min(1)
    .optional()
    .describe("A regular expression that the whole value must match there."),
  min: bound.optional().describe("Smallest value there."),
  max: bound.optional().describe("Largest value there."),
});

const template = z
  .strictObject({
    doc: z.string().optional().describe("What it is for."),
    parameters: z
      .record(
        z.string().regex(/^[a-z][A-Za-z0-9]*$/),
        z
          .strictObject({
            default: z
              .union([z.string(), z.number(), z.boolean()])
              .optional()
              .describe("The value where env create is told none."),
            pattern: z
              .string()
              .min(1)
              .optional()
              .describe("A regular expression that the whole value must match."),
            doc: z.string().optional().describe("What it is for."),
          })
          .nullable(),
      )
      .optional()
      .describe("What env create asks for; {name} stands for the value in the texts below."),
    environment: z.record(z.string(), z.unknown()).describe("The entry under environments."),
    files: z
      .record(file, z.string())
      .optional()
      .describe("Text by path; {env} stands for the environment's name."),
  })
  .describe("What a new environment is made from.");

/** One entry under `settings`. */
export const settingSchema = z
  .strictObject({
    type: z.enum(SETTING_TYPES).optional().describe("string where left out."),
    secret: z.boolean().optional().describe("Encrypted at rest, never shown."),
    reference: z
      .boolean()
      .optional()
      .describe("false: a value that looks like a reference to another store is the secret itself."),
    required: z
      .union([z.boolean(), z.array(z.string()).describe("Environments and kinds that require it.")])
      .optional()
      .describe("true, false, or the environments and kinds that require it."),
    default: z.unknown().optional().describe("Applies where no layer sets the key."),
    values: words.optional().describe("What an enum allows."),
    pattern: z.string().min(1).optional().describe("A regular expression that the whole value must match."),
    format: z
      .enum(FORMAT_NAMES)
      .optional()
      .describe("The published format that the value has, as stripe-secret-key."),
    probe: z
      .union([z.literal(false), z.string().min(1)])
      .optional()
      .describe(
        "Where config check --probe asks about it instead of its vendor: an address; false: nowhere.",
      ),
    min: bound.optional().describe("Smallest value; with units for a duration or size (5m, 1MiB)."),
    max: bound.optional().describe("Largest value; with units for a duration or size (24h, 1GiB)."),
    phase: z
      .union([z.enum(PHASES), z.array(z.enum(PHASES)).min(1)])
      .optional()
      .describe("When it is needed; always where left out."),
    merge: z
      .union([
        z.enum(["replace", "append", "deep"]),
        z.strictObject({
          by: z.string().min(1).describe("The field that tells which objects of a list are the same."),
        }),
      ])
      .optional()
      .describe(
        "What becomes of a list or object that several layers set; lists are replaced, objects deep where left out.",
      ),
    policy: z
      .enum(SETTABLE_POLICIES)
      .optional()
      .describe("The policy that gives the value where no layer does."),
    sync: z
      .enum(SYNC_POLICIES)
      .optional()
      .describe("How it travels when an environment is synchronised to another."),
    in: z
      .record(z.string(), override)
      .optional()
      .describe("What is otherwise in an environment or kind; the environment's own entry counts most."),
    rotate: rotationSchema
      .optional()
      .describe("How old the secret may get, as 30d or manual, and how its value is replaced."),
    replacedBy: word(FORMATS.variable).optional().describe("The setting to use instead."),
    allow: z
      .record(z.string(), z.string().min(1))
      .optional()
      .describe("Findings of the security and performance stages that it does not get, by code, and why."),
    deprecated: z.string().min(1).optional().describe("Why not to use it any more, and what to use instead."),
    doc: z.string().optional().describe("What it is for."),
  })
  .describe("A typed, declared key.");

const service = z
  .strictObject({
    entry: file.optional().describe("A TypeScript or JavaScript file, bundled into one module."),
    build: z
      .strictObject({
        command: words.describe("The project's own build, run without a shell in a clean checkout."),
        output: file.describe("The folder that the build leaves, kept as the artifact."),
        start: words.describe("What starts the service, run in the output folder."),
      })
      .optional()
      .describe("The project's own build, instead of entry."),
    health: z
      .strictObject({
        live: route.describe("Answers 2xx while the process lives."),
        ready: route.describe("Answers 2xx while it can serve."),
      })
      .optional()
      .describe("Paths that are asked for the service's health."),
    smoke: z.array(route).optional().describe("Paths that must answer below 400 before traffic is switched."),
  })
  .describe("A process that a release runs. It has an entry or a build.");

const stage = z
  .strictObject({
    after: z
      .union([z.string(), z.array(z.string())])
      .optional()
      .describe("The stage or stages in which a release must have been verified before."),
  })
  .describe("An environment as a place in the pipeline.");

const person = z
  .strictObject({
    key: word(FORMATS.publicKey).describe("Ed25519 public key, as ringfence me init prints it."),
    roles: z.array(z.string().min(1)).optional().describe("What the person may do."),
    recipient: word(FORMATS.recipient)
      .optional()
      .describe("What secrets for this person are encrypted to, as ringfence me init prints it."),
  })
  .describe("Who acts and approves.");

const machine = z
  .strictObject({
    recipient: word(FORMATS.recipient).describe("What secrets for this machine are encrypted to."),
  })
  .describe("A program or host that opens secrets.");

export const manifestSchema = z
  .strictObject({
    project: name.describe("The project's name."),
    detect: z
      .strictObject({
        variable: word(FORMATS.variable)
          .optional()
          .describe("Variable that names the environment; ENVIRONMENT."),
        default: z.string().optional().describe("Environment where nothing says otherwise."),
      })
      .optional()
      .describe("How the environment is found where no flag names it."),
    environments: z.record(name, environment.nullable()).describe("The environments by name."),
    kinds: z.record(name, kind).optional().describe("The project's own kinds."),
    layers: z
      .array(layer)
      .optional()
      .describe(
        "Sources of settings, lowest first. Where left out: .env? and config/environments/{env}/.env?",
      ),
    secrets: word(FORMATS.secretsFile)
      .optional()
      .describe("Path of the secrets files with {env}; secrets/{env}.yaml where left out."),
    stores: z
      .record(z.string().regex(/^[a-z][a-z0-9-]{0,31}$/), store)
      .optional()
      .describe("Stores of secrets by the scheme of their references, as op for op://vault/item."),
    settings: z
      .record(word(FORMATS.variable), settingSchema.nullable())
      .optional()
      .describe("The settings by name."),
    rules: z.array(ruleSchema).optional().describe("Conditions that settings must meet together."),
    expect: expectSchema.optional().describe("What config test expects, by environment, kind or all."),
    expectFiles: z.array(file).optional().describe("YAML files with further expectations."),
    byDesign: z
      .record(z.string().regex(/^[A-Za-z0-9_*]+$/), z.string().min(1))
      .optional()
      .describe(
        "Settings that differ between environments because they should (* for any characters), and why.",
      ),
    templates: z.record(name, template).optional().describe("What env create makes new environments from."),
    services: z.record(name, service).optional().describe("The services by name."),
    isolation: z
      .strictObject({
        allow: exceptionsSchema.describe("What two environments may share, why and how long."),
      })
      .optional()
      .describe("Exceptions from the isolation of environments."),
    pipeline: z.record(z.string(), stage.nullable()).optional().describe("The stages that releases travel."),
    people: z.record(word(FORMATS.person), person).optional().describe("The people by name."),
    machines: z.record(word(FORMATS.person), machine).optional().describe("The machines by name."),
  })
  .meta({ title: "ringfence.yaml", description: "The manifest of a Ringfence project." });

/** What the schema makes of a manifest. */
export type ManifestData = z.output<typeof manifestSchema>;
export type SettingData = z.output<typeof settingSchema>;

/** JSON Schema (draft 2020-12) of the manifest as people write it. */
export function manifestJsonSchema(): object {
  return z.toJSONSchema(manifestSchema, { target: "draft-2020-12", io: "input" });
}
