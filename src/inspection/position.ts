/** What the folders above a file say: an environment, the application it belongs to, or that it is nobody's configuration. */
import { environmentOf } from "./environment-name.ts";

export interface Position {
  /** The application's folder: what is left above when folders of configuration are taken away. */
  readonly unit: string;
  readonly folderMark:
    | {
        readonly written: string;
        /** The path before it, with a slash at the end. */
        readonly parent: string;
        /** The folder above is called `environments` or the like. */
        readonly underParent: boolean;
      }
    | undefined;
  /** Directly in a folder for configuration, where also words as `test` and `local` mean environments. */
  readonly inConfig: boolean;
  /** In a folder that is called `config` itself. */
  readonly configFolder: boolean;
  /** In a folder of deployment manifests. */
  readonly deployment: boolean;
  /** Tests' data, pages, workflows: nothing here configures this project. */
  readonly foreign: boolean;
}

const PARENT = /^(?:environments?|envs?|overlays|stages|values|tfvars|vars)$/;
const LAYOUT =
  /^(?:environments?|envs?|overlays|stages|values|tfvars|vars|configs?|conf|configuration|settings|secrets|deploy(?:ments?)?|k8s|kubernetes|kustomize|manifests|infra(?:structure)?|terraform|base|\.config|src|main|resources)$/;
const CONFIG = /^(?:configs?|conf|configuration|settings|environments?|envs?|values|tfvars|vars|\.config)$/;
const DEPLOYMENT = /^(?:k8s|kubernetes|kustomize|manifests|overlays|deploy(?:ments?)?)$/;
const FOREIGN =
  /^(?:fixtures?|__fixtures__|testdata|test-data|__tests__|tests?|specs?|locales?|i18n|docs?|\.github|\.gitlab|\.circleci|\.vscode|\.idea|templates|examples?|samples|migrations|node_modules)$/;

function isFolderMark(dirs: readonly string[], at: number): boolean {
  const above = dirs[at - 1];
  if (above !== undefined && PARENT.test(above)) return true;
  const named = environmentOf(dirs[at]!);
  return named !== undefined && (named.sure || (above !== undefined && CONFIG.test(above)));
}

function unitOf(dirs: readonly string[]): string[] {
  let end = dirs.length;
  while (end > 0 && LAYOUT.test(dirs[end - 1]!)) end--;
  return dirs.slice(0, end);
}

/** @param path relative to the root, with forward slashes */
export function positionOf(path: string): Position {
  const dirs = path.split("/").slice(0, -1);
  const at = dirs.findIndex((_, index) => isFolderMark(dirs, index));
  const above = at < 0 ? dirs : dirs.slice(0, at);
  const below = at < 0 ? [] : unitOf(dirs.slice(at + 1));
  const last = dirs.at(-1);
  const parent = above.at(-1);
  return {
    unit: [...unitOf(above), ...below].join("/"),
    folderMark:
      at < 0
        ? undefined
        : {
            written: dirs[at]!,
            parent: above.map((dir) => `${dir}/`).join(""),
            underParent: parent !== undefined && PARENT.test(parent),
          },
    inConfig: last !== undefined && CONFIG.test(last),
    configFolder: last !== undefined && /^(?:config|conf|settings)$/.test(last),
    deployment: dirs.some((dir) => DEPLOYMENT.test(dir)),
    foreign: dirs.some((dir, index) => index !== at && FOREIGN.test(dir)),
  };
}
