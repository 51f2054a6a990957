/**
 * The shape of `ringfence.yaml` as a zod schema; the JSON Schema for editors is made from it. What one value
 * alone can't tell (names that refer to others, defaults against their types) is checked in manifest-links and
 * manifest-settings.
 */
import * as z from "zod";
import { FORMATS, type Format } from "./manifest-formats.ts";
import { SETTING_TYPES } from "./setting.ts";

const word = (format: Format) => z.string().regex(format.pattern);
const name = word(FORMATS.name);
const file = word(FORMATS.file);
const route = word(FORMATS.route);
const words = z.array(z.string().min(1)).min(1);
const bound = z.union([z.number(), z.string()]);

const policies = z
  .strictObject({
    approvals: z
      .int()
      .min(0)
      .max(20)
      .optional()
      .describe("People other than the author who must approve a promotion."),
    approverRole: z.string().min(1).optional().describe("Only people with this role may approve."),
    run: z
      .strictObject({
        output: z
          .enum(["direct", "scrubbed"])
          .optional()
          .describe("direct replaces the process; scrubbed removes secret values from the child's output."),
        record: z
          .enum(["required", "optional"])
          .optional()
          .describe("required: no run without a record of the injection."),
      })
      .optional()
      .describe("How ringfence run behaves."),
    secrets: z
      .strictObject({
        signed: z.boolean().optional().describe("Secrets files must be signed by one of people."),
      })
      .optional()
      .describe("What is demanded of secrets files."),
    settings: z
      .strictObject({
        strict: z.boolean().optional().describe("Undeclared settings are errors, not warnings."),
      })
      .optional()
      .describe("What is demanded of settings."),
    rollout: z
      .strictObject({
        observe: word(FORMATS.duration)
          .optional()
          .describe("How long a new set is watched under traffic before the old one is stopped, such as 5s."),
      })
      .optional()
      .describe("How releases are rolled out."),
  })
  .describe("Overrides of the policies that the kind brings.");

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
      .array(word(FORMATS.recipient))
      .optional()
      .describe("age recipients of this environment's secrets. No two environments share one."),
    policies: policies.optional(),
  })
  .describe("A named place where releases run.");

const kind = z
  .strictObject({
    like: z.string().describe("The built-in kind that it derives from."),
    policies: policies.optional(),
  })
  .describe("A kind of the project's own.");

const layer = z.union([
  z.string().min(1).describe("A path; a ? at the end makes it optional, as in .env?"),
  z.strictObject({
    path: file.describe("Path inside the project; {env} stands for the environment's name."),
    format: z.enum(["dotenv", "yaml", "json"]).optional().describe("By the file's name where left out."),
    optional: z.boolean().optional().describe("A missing file is no mistake."),
  }),
]);

/** One entry under `settings`. */
export const settingSchema = z
  .strictObject({
    type: z.enum(SETTING_TYPES).optional().describe("string where left out."),
    secret: z.boolean().optional().describe("Encrypted at rest, never shown."),
    required: z
      .union([z.boolean(), z.array(z.string()).describe("Environments and kinds that require it.")])
      .optional()
      .describe("true, false, or the environments and kinds that require it."),
    default: z.unknown().optional().describe("Applies where no layer sets the key."),
    values: words.optional().describe("What an enum allows."),
    pattern: z.string().min(1).optional().describe("A regular expression that the whole value must match."),
    min: bound.optional().describe("Smallest value; with units for a duration or size (5m, 1MiB)."),
    max: bound.optional().describe("Largest value; with units for a duration or size (24h, 1GiB)."),
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
  })
  .describe("Who acts and approves.");

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
    settings: z
      .record(word(FORMATS.variable), settingSchema.nullable())
      .optional()
      .describe("The settings by name."),
    services: z.record(name, service).optional().describe("The services by name."),
    pipeline: z.record(z.string(), stage.nullable()).optional().describe("The stages that releases travel."),
    people: z.record(word(FORMATS.person), person).optional().describe("The people by name."),
  })
  .meta({ title: "ringfence.yaml", description: "The manifest of a Ringfence project." });

/** What the schema makes of a manifest. */
export type ManifestData = z.output<typeof manifestSchema>;
export type PoliciesData = z.output<typeof policies>;
export type SettingData = z.output<typeof settingSchema>;

/** JSON Schema (draft 2020-12) of the manifest as people write it. */
export function manifestJsonSchema(): object {
  return z.toJSONSchema(manifestSchema, { target: "draft-2020-12", io: "input" });
}
