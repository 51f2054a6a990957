/** Composes a release from its parts and verifies a stored one. Pure: building and storing happen elsewhere. */
import { type Digest, digestOf, shortDigest } from "../base/digest.ts";
import type { ConfigRevision, Release, ReleaseContent } from "../model/release.ts";
import { releaseErrors } from "./errors.ts";
import { parseVersion } from "./version.ts";

export interface ReleaseParts extends ReleaseContent {
  /** ISO 8601, UTC. */
  readonly createdAt: string;
  readonly createdBy: string;
}

const FULL_COMMIT = /^([0-9a-f]{40}|[0-9a-f]{64})$/;

function sortedBy<T>(items: readonly T[], key: (item: T) => string): T[] {
  return [...items].sort((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0));
}

function normalConfiguration(revision: ConfigRevision): ConfigRevision {
  const { environment, revision: address, layers, settings, secrets } = revision;
  // Layers stay in their order: later ones win.
  return {
    environment,
    revision: address,
    layers: layers.map(({ path, text }) => ({ path, text })),
    settings: { ...settings },
    secrets: sortedBy(secrets, (name) => name),
  };
}

/** Exactly the fields of a release's content, in one order, whatever order they came in. */
function normalContent(content: ReleaseContent): ReleaseContent {
  return {
    project: content.project,
    version: content.version,
    commit: content.commit,
    artifacts: sortedBy(content.artifacts, (artifact) => artifact.service).map((artifact) => ({
      service: artifact.service,
      digest: artifact.digest,
      files: sortedBy(artifact.files, (file) => file.path).map(({ path, digest, bytes }) => ({
        path,
        digest,
        bytes,
      })),
      start: [...artifact.start],
    })),
    manifest: content.manifest,
    schema: sortedBy(content.schema, (setting) => setting.name).map(
      // Written out, so that nothing else that a reader adds gets into the digest.
      (setting) => ({
        name: setting.name,
        type: setting.type,
        secret: setting.secret,
        required: setting.required,
        default: setting.default,
        values: setting.values,
        pattern: setting.pattern,
        min: setting.min,
        max: setting.max,
        phases: setting.phases,
        merge: setting.merge,
        sync: setting.sync,
        policy: setting.policy,
        overrides: setting.overrides,
        replacedBy: setting.replacedBy,
        allow: setting.allow,
        deprecated: setting.deprecated,
        doc: setting.doc,
      }),
    ),
    configuration: sortedBy(content.configuration, (revision) => revision.environment).map(
      normalConfiguration,
    ),
  };
}

/** Digest of a release's content; the order of artifacts, files, settings and environments has no part in it. */
export function releaseDigest(content: ReleaseContent): Digest {
  return digestOf(normalContent(content));
}

function refuseTwice(what: string, names: readonly string[]): void {
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice === undefined) return;
  throw releaseErrors.RELEASE_INVALID({
    what: `the release has two of ${what} ${twice}`,
    where: twice,
    why: `each ${what} stands once in a release`,
    fix: `remove the second ${twice} from ringfence.yaml`,
  });
}

function refuseSecrets(content: ReleaseContent): void {
  const secret = new Set(content.schema.filter((setting) => setting.secret).map((setting) => setting.name));
  const withDefault = content.schema.find((setting) => setting.secret && setting.default !== undefined);
  if (withDefault) {
    throw releaseErrors.RELEASE_HOLDS_SECRET({
      what: `the secret ${withDefault.name} has a default in the manifest`,
      where: `ringfence.yaml settings.${withDefault.name}.default`,
      why: "a release can be read by anyone who may see it; secrets are in it by name only",
      fix: `remove the default, then: ringfence secret set ${withDefault.name} -e <environment>`,
    });
  }
  for (const revision of content.configuration) {
    const name = Object.keys(revision.settings).find((key) => secret.has(key));
    if (name === undefined) continue;
    throw releaseErrors.RELEASE_HOLDS_SECRET({
      what: `the secret ${name} stands among the plain settings of ${revision.environment}`,
      where: `${revision.environment} ${name}`,
      why: "a release can be read by anyone who may see it; secrets are in it by name only",
      fix: `remove it from the layer files, then: ringfence secret set ${name} -e ${revision.environment}`,
    });
  }
}

/**
 * An immutable release with its digest. The same parts in another order give the same release.
 *
 * @throws RELEASE_VERSION_INVALID, RELEASE_INVALID, RELEASE_HOLDS_SECRET
 */
export function composeRelease(parts: ReleaseParts): Release {
  parseVersion(parts.version);
  if (!FULL_COMMIT.test(parts.commit)) {
    throw releaseErrors.RELEASE_INVALID({
      what: `${JSON.stringify(parts.commit.slice(0, 80))} is no full commit id`,
      why: "a short id can come to mean another commit",
      fix: "git rev-parse HEAD",
    });
  }
  refuseTwice(
    "service",
    parts.artifacts.map((artifact) => artifact.service),
  );
  refuseTwice(
    "setting",
    parts.schema.map((setting) => setting.name),
  );
  refuseTwice(
    "environment",
    parts.configuration.map((revision) => revision.environment),
  );
  refuseSecrets(parts);
  const content = normalContent(parts);
  return { ...content, digest: digestOf(content), createdAt: parts.createdAt, createdBy: parts.createdBy };
}

/** Undefined when what was stored has not even the shape of a release. */
function digestIfWhole(release: Release): Digest | undefined {
  try {
    return releaseDigest(release);
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}

/**
 * Passes when the release still has the content that its digest stands for. `createdAt` and `createdBy` are not
 * part of it: the record keeps them.
 *
 * @throws RELEASE_DAMAGED
 */
export function verifyRelease(release: Release): void {
  const found = digestIfWhole(release);
  if (found === release.digest) return;
  throw releaseErrors.RELEASE_DAMAGED({
    what: `release ${release.version} is not what it was when it was made`,
    where: `release ${release.version}`,
    why: `its digest is ${shortDigest(String(release.digest))}, its content ${found ? `has ${shortDigest(found)}` : "lacks parts of a release"}`,
    fix: "ringfence audit verify   # then create a release with a new version from the same commit",
    details: { version: release.version, expected: release.digest, found: found ?? null },
  });
}
