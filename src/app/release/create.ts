/** `ringfence release create VERSION`: builds an immutable, content-addressed release from a commit. */
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import type { Json } from "../../base/canonical-json.ts";
import type { Project } from "../../model/project.ts";
import type { Artifact, ReleaseContent } from "../../model/release.ts";
import { composeRelease, parseVersion } from "../../releases/index.ts";
import { programsOf } from "../../trust/index.ts";
import type { App } from "../app.ts";
import { defineOperation } from "../definition.ts";
import { appErrors } from "../errors.ts";
import { configurationAt, projectAt } from "../release-content.ts";
import { releaseView } from "../release-view.ts";
import { requireTrust } from "../trust/programs.ts";

interface Facts {
  readonly version: string;
  readonly commit: string;
}

/** Checks the commit out into a folder that is there only for this. */
async function inCheckout<T>(
  app: App,
  { commit }: Facts,
  operation: string,
  use: (checkout: string, scratch: string) => Promise<T>,
): Promise<T> {
  const scratch = join(app.scratch, operation);
  rmSync(scratch, { recursive: true, force: true });
  const checkout = join(scratch, "checkout");
  mkdirSync(checkout, { recursive: true, mode: 0o700 });
  try {
    await app.source.checkout(commit, checkout);
    return await use(checkout, scratch);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** Lets the commit's programs run, if they are trusted, with the packages that they need. @throws TRUST_REQUIRED */
async function readyFor(app: App, project: Project, checkout: string, { commit }: Facts): Promise<void> {
  // A release keeps references; stores are asked when it is promoted.
  const programs = programsOf(project).filter(({ kind }) => !["store", "rotation", "probe"].includes(kind));
  requireTrust(app, programs, {
    folder: checkout,
    fix: `ringfence trust --commit ${commit.slice(0, 12)}   # after reading what it lists`,
  });
  await app.builder.prepare(checkout);
}

/** Builds every service and keeps the outputs by digest. */
function build(app: App, facts: Facts, operation: string): Promise<Json> {
  return inCheckout(app, facts, operation, async (checkout, scratch) => {
    const { project } = projectAt(checkout, app.project.root, facts.commit);
    if (project.services.length === 0) {
      throw appErrors.APP_SERVICES_MISSING({
        what: `${project.name} declares no services at ${facts.commit.slice(0, 12)}`,
        where: `${project.manifest} services`,
        why: "a release is the built output of services",
        fix: "add to ringfence.yaml and commit:\nservices:\n  api: { entry: src/api.ts }",
      });
    }
    await readyFor(app, project, checkout, facts);
    const artifacts: Artifact[] = [];
    for (const service of project.services) {
      const output = join(scratch, "output", service.name);
      mkdirSync(output, { recursive: true });
      const built = await app.builder.build(service.name, service.build, checkout, output);
      artifacts.push(await app.artifacts.put(service.name, built.folder, built.start));
    }
    return JSON.parse(JSON.stringify({ artifacts }));
  });
}

type Texts = Pick<ReleaseContent, "configuration" | "schema" | "manifest">;

/** What the release keeps of the commit's own files, and of what its programs print. */
function readTexts(app: App, facts: Facts, operation: string): Promise<Texts> {
  return inCheckout(app, facts, operation, async (checkout) => {
    const { project, manifest } = projectAt(checkout, app.project.root, facts.commit);
    await readyFor(app, project, checkout, facts);
    const configuration = project.environments.map((environment) =>
      configurationAt(app, project, environment, checkout),
    );
    const schema = project.settings.map(({ place: _place, ...declaration }) => declaration);
    return JSON.parse(JSON.stringify({ manifest, configuration, schema }));
  });
}

export const operation = defineOperation({
  name: "release create",
  summary: "Build an immutable release from a commit",
  scope: "project",
  input: z.object({
    version: z.string().meta({ position: 0, description: "semantic version, such as 1.4.0" }),
    commit: z.string().default("HEAD").meta({ description: "the commit to build" }),
  }),
  async plan({ app }, input) {
    const { version } = input;
    parseVersion(version);
    const existing = await app.store.read((view) => view.releases.get(version));
    if (existing) {
      throw appErrors.APP_RELEASE_EXISTS({
        what: `${version} exists already (${existing.digest}, from ${existing.commit.slice(0, 12)})`,
        why: "a release never changes",
        fix: "choose the next version: ringfence release list",
      });
    }
    const commit = await app.source.commit(input.commit);
    const changes = await app.source.changes();
    const left =
      changes.length > 0
        ? [
            `leave out ${changes.length} uncommitted files: ${changes.slice(0, 5).join(", ")}${changes.length > 5 ? " …" : ""}`,
          ]
        : [];
    return {
      summary: `release ${version}`,
      environment: null,
      effects: [
        `check out ${commit.slice(0, 12)}`,
        ...left,
        ...app.project.services.map(({ name }) => `build ${name}`),
        `keep it as ${version}`,
      ],
      facts: { version, commit },
    };
  },
  // The work tree may go on changing while this waits or is resumed: the commit is what counts.
  async changed({ app }, plan) {
    const { version } = plan.facts as unknown as Facts;
    const existing = await app.store.read((view) => view.releases.get(version));
    return existing && `${version} exists by now (${existing.digest})`;
  },
  steps({ app, actor }, plan) {
    const facts = plan.facts as unknown as Facts;
    let texts: Texts | undefined;
    return [
      { key: "build", title: `build ${facts.version}`, run: ({ operation: id }) => build(app, facts, id) },
      {
        key: "keep",
        title: `keep ${facts.version}`,
        // The texts go from here into the release alone: what a step answers is in the journal and the record, for
        // all to read, and a secret may stand in a layer or a comment.
        async run({ operation: id }) {
          texts = await readTexts(app, facts, id);
          return Object.fromEntries(
            texts.configuration.map(({ environment, revision }) => [environment, revision]),
          );
        },
        async commit({ releases }, record) {
          const built = record.steps.find(({ key }) => key === "build")!.result as unknown as Pick<
            ReleaseContent,
            "artifacts"
          >;
          await releases.add(
            composeRelease({
              artifacts: built.artifacts,
              ...texts!,
              ...facts,
              project: app.project.name,
              createdAt: record.updatedAt,
              createdBy: actor.name,
            }),
          );
        },
      },
    ];
  },
  async answer({ app }, record) {
    const { version } = record.plan.facts as unknown as Facts;
    const release = await app.store.read((view) => view.releases.get(version));
    return { ...releaseView(release!), operation: record.id };
  },
});
