/** The page of `ringfence inspect`, as every face shows it. */
import type { Inspection } from "../model/inspection.ts";

export interface InspectionView extends Inspection {
  /** Name of the folder that was looked at, without where it lies. */
  readonly project: string;
  /** What made that folder the root: `ringfence.yaml`, `package.json`, `.git`, `the working folder`. */
  readonly root: string;
  readonly manifest: boolean;
  readonly counts: {
    readonly environments: number;
    /** Files read. */
    readonly files: number;
    /** Distinct names of keys. */
    readonly keys: number;
    readonly shared: number;
    readonly sharedWithProduction: number;
    readonly secrets: number;
    readonly tracked: number;
    readonly missing: number;
    readonly differences: number;
    readonly unfilled: number;
  };
  /** Files and folders that were looked at; `limit` where the search stopped there. */
  readonly looked: { readonly entries: number; readonly limit: number | null };
  /** The command that comes next; null where there is nothing to take over. */
  readonly next: string | null;
  /** What the flags asked for: how the page looks, and whether the exit code judges. */
  readonly page: { readonly all: boolean; readonly markdown: boolean; readonly strict: boolean };
}
