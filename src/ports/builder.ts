/** Builds services in a clean checkout. */
import type { ServiceBuild } from "../model/project.ts";

export interface BuildOutput {
  /** Absolute folder that holds the output and nothing else. */
  readonly folder: string;
  readonly start: readonly string[];
}

export interface Builder {
  /** Links the project's installed dependencies into a checkout. Once more changes nothing. */
  prepare(checkout: string): Promise<void>;
  /**
   * @param checkout absolute folder with the project's files at the commit; it is prepared where it was not.
   * @param scratch absolute empty folder for the output.
   * @throws BUILD_FAILED with the tool's own words, file:line:column where it gives them.
   */
  build(service: string, build: ServiceBuild, checkout: string, scratch: string): Promise<BuildOutput>;
}
