/** A project and its environments as the manifest describes them, checked and with defaults filled in. */
import type { Place } from "../base/place.ts";
import type { KindName, Policies } from "./kind.ts";
import type { SettingDeclaration } from "./setting.ts";

/** A repository with a `ringfence.yaml`. */
export interface Project {
  readonly name: string;
  /** Absolute path of the folder that holds the manifest. */
  readonly root: string;
  /** The manifest's file name relative to the root. */
  readonly manifest: string;
  readonly detect: Detection;
  /** In the order of the manifest. */
  readonly environments: readonly Environment[];
  readonly layers: readonly LayerDeclaration[];
  /** Path template of the secrets files, with `{env}`. */
  readonly secretsPath: string;
  readonly settings: readonly SettingDeclaration[];
  readonly services: readonly Service[];
  /** In travelling order: a stage stands after every stage it names in `after`. */
  readonly pipeline: readonly Stage[];
  readonly people: readonly Person[];
}

/** How the environment is found where no flag names it. */
export interface Detection {
  /** Name of the variable, `ENVIRONMENT` unless declared. */
  readonly variable: string;
  /** Where nothing says otherwise. */
  readonly fallback: string;
}

/** A named place where releases run. */
export interface Environment {
  readonly name: string;
  /** One of the built-in kinds, or one of the project's own. */
  readonly kind: string;
  /** Only for one of the project's own kinds: the built-in kind that it derives from. */
  readonly like?: KindName | undefined;
  readonly policies: Policies;
  /** Host name patterns (`*` matches any run of characters). */
  readonly hosts: readonly string[];
  /** Public port of each service that has one. */
  readonly ports: Readonly<Record<string, number>>;
  /** age recipients that this environment's secrets are encrypted to. */
  readonly recipients: readonly string[];
  readonly place: Place;
}

/** One source of settings; later layers win. */
export interface LayerDeclaration {
  /** Relative to the root; `{env}` stands for the environment's name. */
  readonly path: string;
  readonly format: "dotenv" | "yaml" | "json";
  /** A missing file is no mistake. */
  readonly optional: boolean;
  readonly place: Place;
}

/** A process that a release runs in an environment. */
export interface Service {
  readonly name: string;
  readonly build: ServiceBuild;
  readonly health: HealthPaths | undefined;
  /** Paths that must answer below 400 before traffic is switched, asked of the new set. */
  readonly smoke: readonly string[];
  readonly place: Place;
}

export type ServiceBuild =
  /** A TypeScript or JavaScript file, bundled into one self-contained module. */
  | { readonly kind: "entry"; readonly entry: string }
  /** The project's own build: run without a shell in a clean checkout; `output` is kept, `start` runs in it. */
  | {
      readonly kind: "command";
      readonly command: readonly string[];
      readonly output: string;
      readonly start: readonly string[];
    };

export interface HealthPaths {
  /** Answers 2xx while the process lives. */
  readonly live: string;
  /** Answers 2xx while it can serve. */
  readonly ready: string;
}

/** An environment as a place in the pipeline. */
export interface Stage {
  readonly environment: string;
  /** Stages in which a release must have been verified before. */
  readonly after: readonly string[];
  readonly place: Place;
}

/** Who acts and approves. */
export interface Person {
  readonly name: string;
  /** Ed25519 public key, `ed25519:` and base64 of the raw 32 bytes. */
  readonly key: string;
  readonly roles: readonly string[];
  readonly place: Place;
}

/** The environment of that name, if the project has it. */
export function environmentOf(project: Project, name: string): Environment | undefined {
  return project.environments.find((environment) => environment.name === name);
}

/** True when a list such as `required: [staging, production]` names the environment, its kind, or what that derives from. */
export function isNamedIn(environment: Environment, names: readonly string[]): boolean {
  const { name, kind, like } = environment;
  return names.includes(name) || names.includes(kind) || (like !== undefined && names.includes(like));
}

/** `{env}` replaced by the environment's name. */
export function expandTemplate(template: string, environment: string): string {
  return template.replaceAll("{env}", environment);
}
