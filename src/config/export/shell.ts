/** Settings as commands of a POSIX shell, for `eval`. */
import type { ExportWriter } from "./exported-setting.ts";

/** In single quotes nothing has a meaning but the closing quote (POSIX.1-2017, 2.2.2). */
export const writeShell: ExportWriter = (settings) =>
  settings.map(({ name, text }) => `export ${name}='${text.replaceAll("'", "'\\''")}'\n`).join("");
