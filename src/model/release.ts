/** A release: immutable and content-addressed. Secrets only by reference. */
import type { Digest } from "../base/digest.ts";
import type { SettingDeclaration } from "./setting.ts";

/** The built output of one service: a folder of files, addressed by the digest over all of them. */
export interface Artifact {
  readonly service: string;
  readonly digest: Digest;
  /** Path inside the artifact and digest of each file, sorted by path. */
  readonly files: readonly { readonly path: string; readonly digest: Digest; readonly bytes: number }[];
  /** Arguments that start the service, inside the artifact's folder; `node` stands for Ringfence's own Node. */
  readonly start: readonly string[];
}

/** An environment's configuration at the release's commit. */
export interface ConfigRevision {
  readonly environment: string;
  /** Content address of the layers, the plain settings and the names of the secrets. */
  readonly revision: Digest;
  /** The layers' files as they stand at the commit; promotion resolves them again with the secrets of its day. */
  readonly layers: readonly { readonly path: string; readonly text: string }[];
  /** Plain settings as text, for comparison; secrets and what refers to them left out. */
  readonly settings: Readonly<Record<string, string>>;
  /** Names of the secrets that the environment must provide when the release runs. */
  readonly secrets: readonly string[];
}

export interface ReleaseContent {
  readonly project: string;
  /** Semantic version. */
  readonly version: string;
  /** Full git commit id. */
  readonly commit: string;
  readonly artifacts: readonly Artifact[];
  /** The manifest's text at the commit: it declares the settings, layers and services that this release runs by. */
  readonly manifest: string;
  readonly schema: readonly Omit<SettingDeclaration, "place">[];
  readonly configuration: readonly ConfigRevision[];
}

export interface Release extends ReleaseContent {
  /** Digest of {@link ReleaseContent}. */
  readonly digest: Digest;
  readonly createdAt: string;
  readonly createdBy: string;
}
