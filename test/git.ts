/** Git for tests, with an identity of its own: what the machine's user has set does not count. */
import { execFileSync } from "node:child_process";

/** Stands before git's own words. */
export const GIT_IDENTITY: readonly string[] = [
  "user.name=test",
  "user.email=test@localhost",
  "commit.gpgsign=false",
].flatMap((setting) => ["-c", setting]);

/** What git answers, without the last line's end. Throws when git fails. */
export function runGit(folder: string, ...words: readonly string[]): string {
  return execFileSync("git", [...GIT_IDENTITY, ...words], {
    cwd: folder,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
  }).trim();
}
