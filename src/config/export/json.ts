/** Settings as one JSON document: names and typed values. */
import type { ExportWriter } from "./exported-setting.ts";

export const writeJson: ExportWriter = (settings) =>
  `${JSON.stringify(Object.fromEntries(settings.map(({ name, value }) => [name, value])), null, 2)}\n`;
