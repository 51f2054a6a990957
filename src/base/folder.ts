/** Which paths lie in which folder. */
import { isAbsolute, relative, sep } from "node:path";

/**
 * True for the folder itself and whatever is below it, also for names that begin with two dots (`..data`).
 *
 * @param path absolute as the folder is; whoever asks resolves links first.
 */
export function isInside(folder: string, path: string): boolean {
  const way = relative(folder, path);
  // On Windows there is no way from one drive to another: the path itself comes back.
  return way !== ".." && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}
