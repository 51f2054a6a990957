/** The folder that a command is run in. */

/** The working folder; the root where it was removed meanwhile, so that "no project here" is what is said. */
export function workingFolder(): string {
  try {
    return process.cwd();
  } catch {
    return "/";
  }
}
