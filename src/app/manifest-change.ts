/** Operations that change the manifest together with layers: the project before and after. */
import type { Digest } from "../base/digest.ts";
import { readManifest } from "../model/manifest.ts";
import { environmentOf, type Project } from "../model/project.ts";
import type { App } from "./app.ts";
import type { NewTexts } from "./layer-change.ts";
import { loadProject, manifestError } from "./project.ts";
import { currentRevision, type PlannedRevision, revisionWith } from "./revision.ts";
import type { FileChange } from "./revision-file.ts";

/** The project as the new manifest describes it. @throws APP_MANIFEST_INVALID */
export function projectAfter({ project }: App, texts: NewTexts): Project {
  const text = texts.get(project.manifest);
  if (text === undefined) return project;
  const after = readManifest(text, { root: project.root, file: project.manifest });
  if (!after.project) throw manifestError(after.findings, `${project.manifest} as it would be`);
  return after.project;
}

/** What every environment's configuration becomes; the declared settings are part of it. */
export function revisionsAfter(
  app: App,
  after: Project,
  digests: ReadonlyMap<string, Digest>,
): PlannedRevision[] {
  return app.project.environments.flatMap((environment) => {
    const before = currentRevision(app, environment).digest;
    const renamed = currentRevision({ ...app, project: after }, environmentOf(after, environment.name)!);
    const revision = revisionWith(renamed, digests).digest;
    return before === revision ? [] : { environment: environment.name, before, after: revision };
  });
}

/** The app with the manifest as the file has it at each look: the operation itself changes it. */
export function following(app: App): App {
  return Object.defineProperty({ ...app }, "project", { get: () => loadProject(app.project.root) });
}

/** Files that are no layers of any environment. */
export function outsideOf({ project }: App, files: readonly FileChange[]): FileChange[] {
  const paths = [project.manifest, ...project.expectationFiles];
  return files.filter(({ path }) => paths.includes(path));
}
