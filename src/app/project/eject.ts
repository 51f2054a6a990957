/**
 * `ringfence eject`: every environment's settings as a plain `.env` file, and how to do without Ringfence. Manifest,
 * layers and secrets files stay as they are. Secrets are written only when asked for; the record has their names.
 */
import * as z from "zod";
import type { Digest } from "../../base/digest.ts";
import type { EjectView } from "../../contract/project.ts";
import type { Plan } from "../../model/operation.ts";
import { type Environment, environmentOf } from "../../model/project.ts";
import type { App } from "../app.ts";
import { defineOperation } from "../definition.ts";
import { appErrors } from "../errors.ts";
import { currentRevision } from "../revision.ts";
import { type EjectedFile, ejectedFile, ejectFolder, ejectReadme } from "./eject-plan.ts";
import { assertFree, isMade, markedFileStep, newFileStep } from "./new-file-step.ts";

/** Of the configuration that the plan read. */
interface PlannedFile extends Omit<EjectedFile, "text"> {
  readonly revision: Digest;
}

/** Names and counts; no text of an environment's file, and no digest of one: it could be guessed from. */
interface EjectFacts {
  readonly folder: string;
  readonly secrets: boolean;
  readonly files: readonly PlannedFile[];
  /** The text of the page beside them. */
  readonly readme: string;
}

/** Git takes the folder's own rules before all others, and these let nothing in, themselves included. */
const IGNORE_ALL = "*\n";

const OWNER_ONLY = 0o600;
const EVERYBODY = 0o644;

const factsOf = (plan: Plan) => plan.facts as unknown as EjectFacts;

async function textOf(app: App, name: string, { folder, secrets }: EjectFacts): Promise<string> {
  return (await ejectedFile(app, environmentOf(app.project, name)!, folder, secrets)).text;
}

const readmeOf = ({ folder }: EjectFacts) => `${folder}/README.md`;
const ignoreOf = ({ folder }: EjectFacts) => `${folder}/.gitignore`;

/** @throws APP_BAD_INPUT */
function assertNamed(production: Environment | undefined): void {
  if (!production) return;
  throw appErrors.APP_BAD_INPUT({
    what: `the secrets of ${production.name} are written only where it is named`,
    where: "--secrets",
    why: "a production kind is never meant by accident",
    fix: `ringfence eject --secrets -e ${production.name}`,
  });
}

/** What is in the files besides settings, and what is not, in words. */
function effectOf({ path, settings, secrets, secretsLeftOut }: PlannedFile): string {
  const left = secretsLeftOut.length > 0 ? `, without ${secretsLeftOut.join(", ")}` : "";
  const shown = secrets.length > 0 ? `, with the secrets ${secrets.join(", ")} for all who can read it` : "";
  return `make ${path}: ${settings} setting${settings === 1 ? "" : "s"}${shown}${left}`;
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
    if (secrets && !named) assertNamed(environments.find(({ policies }) => policies.production));
    const files: PlannedFile[] = [];
    for (const environment of environments) {
      const { text: _text, ...file } = await ejectedFile(app, environment, folder, secrets);
      files.push({ ...file, revision: currentRevision(app, environment).digest });
    }
    const names = environments.map(({ name }) => name);
    const facts: EjectFacts = { folder, secrets, files, readme: ejectReadme(app, names) };
    const ignore = secrets ? [ignoreOf(facts)] : [];
    for (const path of [...ignore, ...files.map((file) => file.path), readmeOf(facts)]) assertFree(app, path);
    return {
      summary: `write the settings of ${names.join(", ")} as plain files`,
      environment: null,
      effects: [
        ...ignore.map((path) => `make ${path}, so that git adds nothing of ${folder}`),
        ...files.map(effectOf),
        `make ${readmeOf(facts)}`,
        `leave ${app.project.manifest} and all layers as they are`,
      ],
      facts: { ...facts } as never,
    };
  },
  steps({ app }, plan) {
    const facts = factsOf(plan);
    return [
      // Before the first secret lies there.
      ...(facts.secrets ? [newFileStep(app, ignoreOf(facts), IGNORE_ALL)] : []),
      ...facts.files.map(({ path, environment, secrets }) =>
        markedFileStep(
          app,
          path,
          () => textOf(app, environment, facts),
          secrets.length > 0 ? OWNER_ONLY : EVERYBODY,
        ),
      ),
      newFileStep(app, readmeOf(facts), facts.readme),
    ];
  },
  /** Asked under the lease, before anything is written. */
  async changed({ app }, plan) {
    const facts = factsOf(plan);
    for (const { environment: name, revision } of facts.files) {
      const environment = environmentOf(app.project, name);
      if (!environment) return `there is no environment ${name} any more`;
      if (currentRevision(app, environment).digest !== revision)
        return `the configuration of ${name} was changed`;
    }
    return undefined;
  },
  async verify({ app }, plan) {
    const facts = factsOf(plan);
    for (const { path, environment } of facts.files) {
      if (isMade(app, path, await textOf(app, environment, facts))) continue;
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
