/** Releases as the commands show them, and finding one by its version. */
import { nearest } from "../base/nearest.ts";
import type { ReleaseView } from "../contract/release.ts";
import type { Release } from "../model/release.ts";
import type { StoreTransaction } from "../ports/store/store.ts";
import { verifyRelease } from "../releases/index.ts";
import { appErrors } from "./errors.ts";

/** Everything but the layers' texts, which are long. */
export function releaseView(release: Release): ReleaseView {
  const { artifacts, configuration, schema, manifest: _manifest, ...head } = release;
  return {
    ...head,
    artifacts: artifacts.map(({ service, digest, files }) => ({
      service,
      digest,
      files: files.length,
      bytes: files.reduce((sum, file) => sum + file.bytes, 0),
    })),
    configuration: configuration.map(({ environment, revision }) => ({ environment, revision })),
    settings: schema.length,
  };
}

/** @throws APP_RELEASE_UNKNOWN; RELEASE_DAMAGED when its content no longer has its digest. */
export async function findRelease(view: StoreTransaction, version: string): Promise<Release> {
  const release = await view.releases.get(version);
  if (release) {
    verifyRelease(release);
    return release;
  }
  const known = (await view.releases.list()).map((candidate) => candidate.version);
  const near = nearest(version, known);
  throw appErrors.APP_RELEASE_UNKNOWN({
    what: `there is no release ${version}`,
    why: known.length > 0 ? `known are ${known.slice(0, 10).join(", ")}` : "there are no releases yet",
    fix: near ? `did you mean ${near}?` : `ringfence release create ${version}`,
  });
}
