/**
 * Settings for `docker run --env-file`: one `NAME=value` a line, everything behind the `=` is the value. There are no
 * quotes and no escapes, so a value with a line end can't be written. Source: docker/cli, pkg/kvfile.
 */
import { type ExportedSetting, type ExportWriter, inexpressible } from "./exported-setting.ts";

/** Docker reads lines by a scanner whose buffer, with the line end, is no larger (Go, bufio.MaxScanTokenSize). */
const LONGEST_LINE = 65_536;

function line(setting: ExportedSetting, environment: string): string {
  const { name, text } = setting;
  const written = `${name}=${text}\n`;
  const refuse = (why: string) => {
    const fix = `hand it over from a run: ringfence run -e ${environment} -- docker run --env ${name} …`;
    return inexpressible(setting, "docker", { why, fix });
  };
  if (text.includes("\n")) throw refuse("its value has several lines, and an env file has no quotes");
  if (text.endsWith("\r")) throw refuse("its value ends with a carriage return, which Docker drops");
  if (Buffer.byteLength(written) > LONGEST_LINE) throw refuse("Docker reads no line of 64 KiB or more");
  return written;
}

/** @throws CONFIG_INEXPRESSIBLE */
export const writeDocker: ExportWriter = (settings, { environment }) =>
  settings.map((setting) => line(setting, environment)).join("");
