/** Folders for the tests of `init` and `eject`: files from a table, and everything that lies in them afterwards. */
import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Answer } from "../host.ts";
import { type CommandOptions, command } from "../library.ts";

export type Files = Readonly<Record<string, string | Uint8Array>>;

export interface ProjectScene {
  readonly folder: string;
  write(files: Files): void;
  read(path: string): string;
  run(name: string, options?: CommandOptions): Promise<Answer>;
  /** Text by path, links with where they lead; without what Ringfence keeps for itself. */
  files(): Record<string, string>;
  remove(): void;
}

function filesBelow(root: string, folder = ""): [string, string][] {
  return readdirSync(join(root, folder)).flatMap((name): [string, string][] => {
    const path = folder === "" ? name : `${folder}/${name}`;
    if (path === ".ringfence" || path === ".git") return [];
    const state = lstatSync(join(root, path));
    if (state.isDirectory()) return filesBelow(root, path);
    return [
      [
        path,
        state.isSymbolicLink()
          ? `-> ${readlinkSync(join(root, path))}`
          : readFileSync(join(root, path), "latin1"),
      ],
    ];
  });
}

/** Keys and identities go to a folder of the scene's own, which whoever uses it names: `home` lies beside the project. */
export function openProjectScene(files: Files): ProjectScene {
  const scratch = realpathSync(mkdtempSync(join(tmpdir(), "ringfence-project-")));
  const folder = join(scratch, "shop");
  mkdirSync(folder);
  const former = process.env.RINGFENCE_HOME;
  process.env.RINGFENCE_HOME = join(scratch, "home");
  const write = (more: Files) => {
    for (const [path, text] of Object.entries(more)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
  };
  write(files);
  return {
    folder,
    write,
    read: (path) => readFileSync(join(folder, path), "utf8"),
    run: (name, options = {}) => command(name, { folder, ...options }),
    files: () => Object.fromEntries(filesBelow(folder)),
    remove() {
      if (former === undefined) delete process.env.RINGFENCE_HOME;
      else process.env.RINGFENCE_HOME = former;
      rmSync(scratch, { recursive: true, force: true });
    },
  };
}
