/** Releases as every face shows them. */

export interface ReleaseView {
  readonly version: string;
  readonly digest: string;
  readonly commit: string;
  readonly project: string;
  readonly createdAt: string;
  readonly createdBy: string;
  readonly artifacts: readonly {
    readonly service: string;
    readonly digest: string;
    readonly files: number;
    readonly bytes: number;
  }[];
  readonly configuration: readonly { readonly environment: string; readonly revision: string }[];
  /** How many settings its schema declares. */
  readonly settings: number;
}
