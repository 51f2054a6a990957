/**
 * Whether a file would stay out of git by the `.gitignore` files above it (gitignore of the git project): `*`, `?`,
 * `**`, anchors, folders, `!`. The user's own global list is not asked, so a file may be safer than it is said to be.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";

interface Rule {
  readonly pattern: RegExp;
  readonly negated: boolean;
}

const WILDCARDS: Readonly<Record<string, string>> = {
  "/**/": "/(?:.*/)?",
  "**/": "(?:.*/)?",
  "/**": "/.*",
  "*": "[^/]*",
  "?": "[^/]",
};

function toPattern(line: string): RegExp {
  const folder = line.endsWith("/");
  const body = line.replace(/\/$/, "");
  const anchored = body.includes("/");
  const glob = body
    .replace(/^\//, "")
    .replace(/[.+^${}()|\\]/g, "\\$&")
    .replace(/\/\*\*\/|\*\*\/|\/\*\*|\*|\?/g, (sign) => WILDCARDS[sign]!);
  return new RegExp(`^${anchored ? "" : "(?:.*/)?"}${glob}${folder ? "/.*" : "(?:/.*)?"}$`);
}

/** The rules of one file's text; what is no valid pattern is left out. */
function rulesOf(text: string): Rule[] {
  return text.split(/\r?\n/).flatMap((line) => {
    const trimmed = line.trimEnd();
    if (trimmed === "" || trimmed.startsWith("#")) return [];
    const negated = trimmed.startsWith("!");
    try {
      return [{ pattern: toPattern(negated ? trimmed.slice(1) : trimmed), negated }];
    } catch {
      return [];
    }
  });
}

function rulesIn(folder: string): Rule[] {
  try {
    return rulesOf(readFileSync(join(folder, ".gitignore"), "utf8"));
  } catch {
    return [];
  }
}

/** @param path relative to the repository, with forward slashes */
export function isIgnored(repository: string, path: string): boolean {
  const parts = path.split("/");
  let ignored = false;
  for (let depth = 0; depth < parts.length; depth++) {
    const below = parts.slice(depth).join("/");
    for (const { pattern, negated } of rulesIn(join(repository, ...parts.slice(0, depth)))) {
      if (pattern.test(below)) ignored = !negated;
    }
  }
  return ignored;
}
