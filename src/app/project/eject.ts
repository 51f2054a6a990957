/**
 * `ringfence eject`: every environment's settings as a plain `.env` file, and how to do without Ringfence. Manifest,
 * layers and secrets files stay as they are. Secrets are written only when asked for; the record has their names.
 */
import * as z from "zod";
import type { EjectView } from "../../contract/project.ts";
import type { Plan } from "../../model/operation.ts";
import { environmentOf } from "../../model/project.ts";
import type { App } from "../app.ts";
import { defineOperation } from "../definition.ts";
import { appErrors } from "../errors.ts";
import { type EjectedFile, ejectedFile, ejectFolder, ejectReadme } from "./eject-plan.ts";
import { assertFree, isMade, newFileStep } from "./new-file-step.ts";

/** Names and counts; no text of a file, and no digest of one: it could be guessed from. */
interface EjectFacts {
  readonly folder: string;
  readonly secrets: boolean;
  readonly files: readonly Omit<EjectedFile, "text">[];
}

const OWNER_ONLY = 0o600;
const EVERYBODY = 0o644;

const factsOf = (plan: Plan) => plan.facts as unknown as EjectFacts;

function textOf(app: App, name: string, { folder, secrets }: EjectFacts): string {
  return ejectedFile(app, environmentOf(app.project, name)!, folder, secrets).text;
}

const readmeOf = ({ folder }: EjectFacts) => `${folder}/README.md`;

function readmeText(app: App, { files }: EjectFacts): string {
  return ejectReadme(
    app,
    files.map(({ environment }) => environment),
  );
}

export const operation = defineOperation({
  name: "eject",
  summary: "Write every environment's settings as plain .env files; leaves everything else as it is",
  scope: "project",
  environmentFlag: "filter",
  input: z.object({
    to: z.string().default("ejected").meta({ description: "the folder, inside the project" }),
    secrets: z.boolean().default(false).meta({ description: "with the secrets' values; recorded" }),
  }),
  async plan({ app, named }, { to, secrets }) {
    const folder = ejectFolder(app, to);
    const environments = named ? [named] : app.project.environments;
    const production = environments.find(({ policies }) => policies.production);
    if (secrets && !named && production) {
      throw appErrors.APP_BAD_INPUT({
        what: `the secrets of ${production.name} are written only where it is named`,
        where: "--secrets",
        why: "a production kind is never meant by accident",
        fix: `ringfence eject --secrets -e ${production.name}`,
      });
    }
    const files = environments.map((environment) => {
      const { text: _text, ...file } = ejectedFile(app, environment, folder, secrets);
      return file;
    });
    const facts: EjectFacts = { folder, secrets, files };
    for (const path of [...files.map((file) => file.path), readmeOf(facts)]) assertFree(app, path);
    return {
      summary: `write the settings of ${environments.map(({ name }) => name).join(", ")} as plain files`,
      environment: null,
      effects: [
        ...files.map(({ path, settings, secrets: written, secretsLeftOut }) => {
          const left = secretsLeftOut.length > 0 ? `, without ${secretsLeftOut.join(", ")}` : "";
          const shown =
            written.length > 0 ? `, with the secrets ${written.join(", ")} for all who can read it` : "";
          return `make ${path}: ${settings} setting${settings === 1 ? "" : "s"}${shown}${left}`;
        }),
        `make ${readmeOf(facts)}`,
        `leave ${app.project.manifest} and all layers as they are`,
      ],
      facts: { ...facts } as never,
    };
  },
  steps({ app }, plan) {
    const facts = factsOf(plan);
    return [
      ...facts.files.map(({ path, environment, secrets }) =>
        newFileStep(
          app,
          path,
          () => textOf(app, environment, facts),
          secrets.length > 0 ? OWNER_ONLY : EVERYBODY,
        ),
      ),
      newFileStep(app, readmeOf(facts), () => readmeText(app, facts), EVERYBODY),
    ];
  },
  /** Asked under the lease, before anything is written. */
  async changed({ app }, plan) {
    const facts = factsOf(plan);
    const gone = facts.files.find(({ environment }) => !environmentOf(app.project, environment));
    return gone && `there is no environment ${gone.environment} any more`;
  },
  async verify({ app }, plan) {
    const facts = factsOf(plan);
    for (const { path, environment } of facts.files) {
      if (isMade(app, path, textOf(app, environment, facts))) continue;
      throw appErrors.APP_FILE_CHANGED({
        what: `${path} is not what was written`,
        where: path,
        why: "it was changed meanwhile, or the configuration was",
        fix: `rm ${path} && ringfence eject -e ${environment}`,
      });
    }
    return { files: facts.files.map(({ path }) => path) };
  },
  async answer(_context, record): Promise<EjectView> {
    const { folder, files } = factsOf(record.plan);
    return {
      folder,
      files: files.map(({ path, environment, settings, secretsLeftOut }) => ({
        path,
        environment,
        settings,
        secretsLeftOut,
      })),
      operation: record.id,
    };
  },
});
