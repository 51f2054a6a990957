/** The readers of flat layers that an inspection is given. A foreign file is read as it is; its mistakes are only told. */
import { parseDotenv, parseTfvarsLayer, parseTomlLayer, settingName } from "../../config/index.ts";
import type { Readers } from "../../inspection/index.ts";

const noObjects = (): boolean => false;

export const readers: Readers = {
  settingName,
  layer(format, text, file) {
    if (format === "toml") return parseTomlLayer(text, file, noObjects);
    return format === "tfvars" ? parseTfvarsLayer(text, file, noObjects) : parseDotenv(text, file);
  },
};
