/**
 * Settings for GitHub Actions: lines for the file `$GITHUB_ENV`, and the commands that mask secrets in the log. These
 * are two formats because they go two ways: the runner takes a mask from a step's output only, not from the file.
 *
 * Source: actions/runner, FileCommandManager.cs (the file), ActionCommand.cs and ActionCommandManager.cs (masks).
 */
import { type ExportedSetting, type ExportWriter, inexpressible } from "./exported-setting.ts";

/** Names that the runner refuses in the file, or overwrites again. */
const RESERVED = /^(?:GITHUB_.*|RUNNER_.*|NODE_OPTIONS)$/i;

/** A line that is no line of the value, and no part of one. The same for the same value. */
function delimiterFor(text: string): string {
  let delimiter = "RINGFENCE_END";
  for (let count = 2; text.includes(delimiter); count++) delimiter = `RINGFENCE_END_${count}`;
  return delimiter;
}

function entry(setting: ExportedSetting): string {
  const { name, text } = setting;
  if (RESERVED.test(name)) {
    const why = "GitHub Actions keeps the names GITHUB_…, RUNNER_… and NODE_OPTIONS for itself";
    const fix = "set it by env: in the workflow, and name the others by --only";
    throw inexpressible(setting, "github", { why, fix });
  }
  if (!/[\r\n]/.test(text)) return `${name}=${text}\n`;
  const delimiter = delimiterFor(text);
  return `${name}<<${delimiter}\n${text}\n${delimiter}\n`;
}

/** @throws CONFIG_INEXPRESSIBLE for a name that the runner keeps for itself */
export const writeGithub: ExportWriter = (settings) => settings.map(entry).join("");

/** One command a secret; the runner masks every line of a value that has several. Blank ones it refuses. */
export const writeGithubMask: ExportWriter = (settings) =>
  settings
    .filter(({ secret, text }) => secret && text.trim() !== "")
    .map(({ text }) => {
      const data = text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
      return `::add-mask::${data}\n`;
    })
    .join("");
