/** What a new environment would be, held against everything that is there: the manifest with it, its files, its settings. */

import { join } from "node:path";
import type { Json } from "../../base/canonical-json.ts";
import { type Digest, digestOfBytes } from "../../base/digest.ts";
import { nearest } from "../../base/nearest.ts";
import { resolve, type SecretEntry, withValue } from "../../config/index.ts";
import { readManifest } from "../../model/manifest.ts";
import { FORMATS } from "../../model/manifest-formats.ts";
import { environmentOf, type Project } from "../../model/project.ts";
import { MANIFEST } from "../../snapshot/project-root.ts";
import type { App } from "../app.ts";
import { appErrors } from "../errors.ts";
import { manifestError, readTextIfThere } from "../project.ts";
import { referencesOf } from "../reference-values.ts";
import { readLayers } from "../resolution.ts";
import { environmentsReading } from "../revision.ts";
import { changeOf, type FileChange } from "../revision-file.ts";
import { type FilledTemplate, fillTemplate } from "./template-filling.ts";

export interface CreateInput {
  readonly name: string;
  readonly template?: string | undefined;
  readonly kind?: string | undefined;
  readonly set: readonly string[];
}

/** JSON, for a plan's facts. Texts of a template are no secrets: they come from the manifest. */
export interface CreateFacts {
  readonly name: string;
  readonly template: string | null;
  readonly files: readonly { readonly change: FileChange; readonly text: string }[];
  readonly manifest: { readonly change: FileChange; readonly text: string };
  /** Secrets that it requires and that can only be set once it has an identity. */
  readonly secrets: readonly string[];
  readonly kind: string;
}

/** @throws APP_BAD_INPUT, APP_ENVIRONMENT_EXISTS */
function assertName(project: Project, name: string): void {
  if (!FORMATS.name.pattern.test(name)) {
    throw appErrors.APP_BAD_INPUT({
      what: `${JSON.stringify(name)} is no name of an environment`,
      where: "the name",
      why: "lower case, digits and hyphens, beginning with a letter",
      fix: "ringfence env create preview-1 --kind preview",
    });
  }
  const there = environmentOf(project, name);
  if (!there) return;
  throw appErrors.APP_ENVIRONMENT_EXISTS({
    what: `there is an environment ${name} already`,
    where: `${there.place.file}:${there.place.line}:${there.place.column} environments.${name}`,
    fix: `ringfence config show -e ${name}`,
  });
}

function filledOf(project: Project, { name, template: wanted, set, kind }: CreateInput): FilledTemplate {
  if (wanted === undefined) {
    if (set.length > 0) {
      throw appErrors.APP_BAD_INPUT({
        what: "--set is about a template's parameters",
        where: `--set ${set[0]!.split("=")[0]}`,
        fix: "add --template NAME",
      });
    }
    return { entry: {}, files: {} };
  }
  const template = project.templates.find((one) => one.name === wanted);
  if (template) return fillTemplate(template, name, set);
  const known = project.templates.map((one) => one.name);
  const meant = nearest(wanted, known);
  throw appErrors.APP_BAD_INPUT({
    what: `there is no template ${wanted}`,
    where: `--template ${wanted}`,
    why: known.length > 0 ? `the project has ${known.join(", ")}` : `${project.manifest} has no templates`,
    fix: meant ? `--template ${meant}` : `ringfence env create ${name} --kind ${kind ?? "development"}`,
  });
}

/** The new files: none may be there, and none may be another environment's as well. */
function filesOf(app: App, { files }: FilledTemplate, name: string): CreateFacts["files"] {
  return Object.entries(files).map(([path, text]) => {
    const change = changeOf(app, path, digestOfBytes(Buffer.from(text)));
    const others = environmentsReading(app.project, [path]).map((one) => one.name);
    if (change.before === null && others.length === 0) return { change, text };
    throw appErrors.APP_FILE_EXISTS({
      what:
        change.before === null
          ? `${path} would be a file of ${others.join(", ")} as well`
          : `${path} is there already`,
      where: path,
      why: `a file of the new environment ${name} is its own`,
      fix: change.before === null ? "put {env} into the path, in the template" : `mv ${path} ${path}.before`,
    });
  });
}

function manifestWith(app: App, name: string, entry: Json): { text: string; project: Project } {
  const { root } = app.project;
  const text = withValue(readTextIfThere(join(root, MANIFEST)) ?? "", ["environments", name], entry);
  const { project, findings } = readManifest(text, { root, file: MANIFEST });
  if (!project) throw manifestError(findings, `${MANIFEST} with environments.${name}`);
  return { text, project };
}

/** What is wrong with the new environment, and the secrets that it requires: it can't have those before its identity. */
function settle(app: App, project: Project, name: string, files: CreateFacts["files"]) {
  const environment = environmentOf(project, name)!;
  const texts = new Map(files.map(({ change, text }) => [change.path, text]));
  const layers = readLayers(app, environment, { project, root: project.root }).map((layer) =>
    texts.has(layer.path) ? { ...layer, text: texts.get(layer.path) } : layer,
  );
  const errorsWith = (secrets: readonly SecretEntry[]) =>
    resolve({
      project,
      environment,
      layers,
      secrets,
      process: {},
      rules: app.rules,
      references: referencesOf(app.references, project, environment),
    }).findings.filter(({ severity }) => severity === "error");
  const declared = project.settings.filter(({ secret }) => secret);
  // As if all secrets were there, in a file that nobody can open.
  const sealed = declared.map((one) => ({ name: one.name, value: undefined, place: one.place }));
  const errors = errorsWith(sealed).filter(({ code }) => code !== "SETTING_SEALED_REFERENCE");
  const secrets = errorsWith([]).flatMap(({ code, setting }) =>
    code === "SETTING_MISSING" && declared.some((one) => one.name === setting) ? [setting!] : [],
  );
  return { environment, secrets, errors };
}

/**
 * @throws APP_BAD_INPUT, APP_ENVIRONMENT_EXISTS, APP_FILE_EXISTS, APP_TEMPLATE_UNFIT; APP_MANIFEST_INVALID for what
 * collides with another environment; CONFIG_UNEDITABLE
 */
export function planCreate(app: App, input: CreateInput): CreateFacts {
  const { project } = app;
  const { name, kind, template } = input;
  assertName(project, name);
  const filled = filledOf(project, input);
  const files = filesOf(app, filled, name);
  const entry = { ...filled.entry, ...(kind === undefined ? {} : { kind }) };
  const manifest = manifestWith(app, name, entry);
  const { environment, secrets, errors } = settle(app, manifest.project, name, files);
  if (errors.length > 0) {
    throw appErrors.APP_TEMPLATE_UNFIT({
      what: `${name} would not be complete and valid: ${errors.length} error${errors.length === 1 ? "" : "s"}`,
      where: errors[0]!.where,
      why: errors.map(({ where, why, fix }) => `${where}  ${why}\n    fix  ${fix}`).join("\n"),
      fix:
        template === undefined
          ? "make a template with the files that it needs, and name it: --template NAME"
          : `mend the template ${template}`,
      details: { findings: errors },
    });
  }
  const digest: Digest = digestOfBytes(Buffer.from(manifest.text));
  return {
    name,
    template: template ?? null,
    files,
    manifest: { change: changeOf(app, MANIFEST, digest), text: manifest.text },
    secrets,
    kind: environment.kind,
  };
}
