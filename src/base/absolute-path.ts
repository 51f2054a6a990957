/** Paths that say where they are from the root on. */
import { resolve } from "node:path";

/** What a path that is not normal has within. */
const UNUSUAL = ["//", "/./", "/../"];
const UNUSUAL_ENDS = ["/", "/.", "/.."];

/** As `resolve(path)`, which looks at every character, but for nothing where the path is absolute and normal, as most are. */
export function absolutePath(path: string): string {
  const isNormal =
    path.startsWith("/") &&
    !UNUSUAL.some((part) => path.includes(part)) &&
    !UNUSUAL_ENDS.some((end) => path.endsWith(end));
  return isNormal ? path : resolve(path);
}
