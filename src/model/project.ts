/** A project and its environments as the manifest describes them, checked and with defaults filled in. */
import type { Place } from "../base/place.ts";
import type { KindName } from "./kind.ts";
import type { DotenvDialect, LayerFormat } from "./layer.ts";
import type { Policies, PolicySources } from "./policy.ts";
import type { Holder, Machine } from "./recipient.ts";
import type { DeclaredResource, EnvironmentFolder, IsolationException } from "./resource.ts";
import type { Design, Expectation, Rule } from "./rule.ts";
import type { StoreDeclaration } from "./secret-reference.ts";
import type { SettingDeclaration, SettingValue } from "./setting.ts";

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
  /** Stores of the project's own, and what is otherwise with those that are built in. */
  readonly stores: readonly StoreDeclaration[];
  readonly settings: readonly SettingDeclaration[];
  /** Conditions that settings must meet together. */
  readonly rules: readonly Rule[];
  /** What tests of the configuration expect, from the manifest alone. */
  readonly expectations: readonly Expectation[];
  /** Paths of files with further expectations. */
  readonly expectationFiles: readonly string[];
  /** Differences between environments that are meant. */
  readonly byDesign: readonly Design[];
  readonly templates: readonly EnvironmentTemplate[];
  readonly services: readonly Service[];
  /** In travelling order: a stage stands after every stage it names in `after`. */
  readonly pipeline: readonly Stage[];
  readonly people: readonly Person[];
  /** What two environments may share although each should have its own. */
  readonly exceptions: readonly IsolationException[];
  readonly machines: readonly Machine[];
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
  /** Name in paths, where `{short}` stands for it; the name itself unless declared. */
  readonly short: string;
  /** Where `{region}` stands for it; layers with it are left out where there is none. */
  readonly region: string | undefined;
  readonly policies: Policies;
  readonly policySources: PolicySources;
  /** Host name patterns (`*` matches any run of characters). */
  readonly hosts: readonly string[];
  /** Public port of each service that has one. */
  readonly ports: Readonly<Record<string, number>>;
  /** What this environment's secrets are encrypted to: `age1…` and `ssh-ed25519 AAAA…`, each once. */
  readonly recipients: readonly string[];
  /** Keys of key services that may open them too: `kms:arn:…`. */
  readonly keys: readonly string[];
  /** Variables that begin with it are this environment's alone. */
  readonly prefix: string | undefined;
  /** Folders of its own. */
  readonly folders: readonly EnvironmentFolder[];
  /** What else is its own and stands in no setting. */
  readonly resources: readonly DeclaredResource[];
  /** Whose these are, by the entries of the manifest. */
  readonly holders: readonly Holder[];
  readonly place: Place;
}

/** One source of settings; later layers win. */
export interface LayerDeclaration {
  /**
   * Relative to the root, with `{env}`, `{short}`, `{kind}` and `{region}` for the environment's own. Of a command
   * its words, for people.
   */
  readonly path: string;
  readonly format: LayerFormat;
  /** For dotenv only. */
  readonly dialect: DotenvDialect;
  /** A missing file is no mistake. */
  readonly optional: boolean;
  /** Later sources may not override what it sets: all of it, or these settings. */
  readonly final: boolean | readonly string[];
  /** Environments and kinds that it is for; undefined: all. */
  readonly only: readonly string[] | undefined;
  /** A program whose output is the layer, run only once it is trusted; undefined: the path is a file to read. */
  readonly program: LayerProgram | undefined;
  readonly place: Place;
}

/** What prints a layer as JSON. */
export type LayerProgram =
  /** Run without a shell in the root; words may hold `{env}` and the like. */
  | { readonly kind: "command"; readonly command: readonly string[] }
  /** The default export of the module at the layer's path: an object, or a function of the environment's name. */
  | { readonly kind: "module" };

/** What a new environment is made from. */
export interface EnvironmentTemplate {
  readonly name: string;
  readonly doc: string | undefined;
  readonly parameters: readonly TemplateParameter[];
  /** The entry under `environments`, with `{parameter}` in its texts. */
  readonly environment: SettingValue;
  /** Text by path; both with `{env}` and parameters. */
  readonly files: Readonly<Record<string, string>>;
  readonly place: Place;
}

export interface TemplateParameter {
  readonly name: string;
  /** Undefined: it must be given. */
  readonly default: string | undefined;
  /** A regular expression that the whole value must match. */
  readonly pattern: string | undefined;
  readonly doc: string | undefined;
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
  /** What secrets for the person are encrypted to; undefined where nothing is. */
  readonly recipient: string | undefined;
  readonly place: Place;
}

/** The environment of that name, if the project has it. */
export function environmentOf(project: Project, name: string): Environment | undefined {
  return project.environments.find((environment) => environment.name === name);
}

/** The environment whose prefix a variable's name begins with; of several the longest. */
export function prefixOwner(project: Project, variable: string): Environment | undefined {
  return project.environments
    .filter(
      ({ prefix }) => prefix !== undefined && variable.length > prefix.length && variable.startsWith(prefix),
    )
    .toSorted((a, b) => b.prefix!.length - a.prefix!.length)[0];
}

/** True when a list such as `required: [staging, production]` names the environment, its kind, or what that derives from. */
export function isNamedIn(environment: Environment, names: readonly string[]): boolean {
  const { name, kind, like } = environment;
  return names.includes(name) || names.includes(kind) || (like !== undefined && names.includes(like));
}

/** The part of an environment that templates of paths read. */
export type Named = Pick<Environment, "name" | "short" | "kind" | "region">;

/** A template of a path with the environment's own names in it. */
export function expandTemplate(template: string, { name, short, kind, region = "" }: Named): string {
  const values: Readonly<Record<string, string>> = { env: name, short, kind, region };
  return template.replace(/\{(env|short|kind|region)\}/g, (_, word: string) => values[word]!);
}

/** A layer as one environment has it. */
export interface EnvironmentLayer {
  readonly declaration: LayerDeclaration;
  readonly path: string;
}

/** The layers of an environment in order, with their paths. */
export function layersFor(project: Project, environment: Environment): EnvironmentLayer[] {
  return project.layers
    .filter(({ only, path }) => {
      if (path.includes("{region}") && environment.region === undefined) return false;
      return only === undefined || isNamedIn(environment, only);
    })
    .map((declaration) => ({ declaration, path: expandTemplate(declaration.path, environment) }));
}
