/**
 * A large project for the benchmarks of configuration: thousands of declared settings of mixed types, a third each in
 * a `.env`, a YAML and a JSON layer, and a small layer for each environment. The same numbers give the same texts.
 */
import type { LayerText } from "../src/config/index.ts";
import { readManifest } from "../src/model/manifest.ts";
import type { Environment, Project } from "../src/model/project.ts";
import {
  PHASES,
  type SettingDeclaration,
  type SettingType,
  type SettingValue,
} from "../src/model/setting.ts";

export interface GeneratedProject {
  readonly project: Project;
  /** The texts of the four layers, as the environment's files would hold them. */
  layersOf(environment: Environment): readonly LayerText[];
}

export interface GeneratedSize {
  readonly settings: number;
  readonly environments: number;
}

const DOMAINS = ["billing", "catalog", "checkout", "identity", "inventory", "search", "shipping", "support"];
const COMPONENTS = ["database", "http_client", "cache", "queue", "feature_flags", "api"];
const LEVELS = ["debug", "info", "warn", "error"];
/** Every how many settings an environment's own layer says something else. */
const OVERRIDE_EVERY = 10;
const REFERENCE_EVERY = 20;
const COMMENT_EVERY = 8;

interface Sample {
  readonly key: string;
  readonly type: SettingType;
  readonly value: (i: number) => SettingValue;
}

const SAMPLES: readonly Sample[] = [
  { key: "pool_size", type: "integer", value: (i) => 5 + (i % 500) },
  { key: "enabled", type: "boolean", value: (i) => i % 3 === 0 },
  { key: "base_url", type: "url", value: (i) => `https://api-${i}.internal.example.com:8443/v1/resources` },
  { key: "label", type: "string", value: (i) => `the ${i}th of the labels that people read` },
  { key: "timeout", type: "duration", value: (i) => `${1 + (i % 59)}s` },
  { key: "log_level", type: "enum", value: (i) => LEVELS[i % LEVELS.length]! },
  {
    key: "allowed_origins",
    type: "list",
    value: (i) => [`app-${i}.example.com`, "admin.example.com", "10.0.0.1"],
  },
  { key: "bucket_name", type: "string", value: (i) => `artifacts-eu-central-${i}` },
];

interface Generated {
  /** Domain, component with its number, key. */
  readonly path: readonly [string, string, string];
  readonly name: string;
  readonly type: SettingType;
  readonly value: SettingValue;
}

function generate(count: number): Generated[] {
  return Array.from({ length: count }, (_, i) => {
    const { key, type, value } = SAMPLES[i % SAMPLES.length]!;
    const block = Math.floor(i / SAMPLES.length);
    const component = `${COMPONENTS[block % COMPONENTS.length]}_${Math.floor(block / COMPONENTS.length)}`;
    const path = [DOMAINS[block % DOMAINS.length]!, component, key] as const;
    const name = path.join("_").toUpperCase();
    return { path, name, type, value: value(i) };
  });
}

/** Some texts refer to another setting of their layer. */
function withReferences(settings: readonly Generated[]): Generated[] {
  return settings.map((setting, i) => {
    if (setting.type !== "string" || i % REFERENCE_EVERY !== 3) return setting;
    const { name } = settings[i - 2]!;
    return { ...setting, value: `from \${${name}} or \${UNSET_ANYWHERE:-nothing}` };
  });
}

function dotenvOf(settings: readonly Generated[]): string {
  const line = ({ name, value }: Generated, i: number): string => {
    const text = Array.isArray(value) ? value.join(",") : String(value);
    const shown = i % 3 === 0 || text.includes(" ") ? `"${text}"` : text;
    const comment =
      i % COMMENT_EVERY === 0 ? `\n# ${name.toLowerCase()}: ask the team before you change it\n` : "";
    return `${comment}${name}=${shown}\n`;
  };
  return settings.map(line).join("");
}

type Nested = Map<string, Map<string, Generated[]>>;

function nest(settings: readonly Generated[]): Nested {
  const nested: Nested = new Map();
  for (const setting of settings) {
    const [domain, component] = setting.path;
    const components = nested.get(domain) ?? new Map<string, Generated[]>();
    nested.set(domain, components);
    const of = components.get(component) ?? [];
    components.set(component, of);
    of.push(setting);
  }
  return nested;
}

function yamlOf(settings: readonly Generated[]): string {
  const scalar = (value: SettingValue, i: number): string => {
    if (Array.isArray(value))
      return i % 2 ? `[${value.join(", ")}]` : value.map((item) => `\n      - ${item}`).join("");
    return typeof value === "string" && (i % 4 === 0 || value.includes(" ")) ? `"${value}"` : String(value);
  };
  const lines: string[] = ["# Read by every service of the shop.\n"];
  for (const [domain, components] of nest(settings)) {
    lines.push(`${domain}:\n`);
    for (const [component, keys] of components) {
      lines.push(`  # ${component} of ${domain}\n  ${component}:\n`);
      for (const [i, { path, value }] of keys.entries()) {
        const comment = i % COMMENT_EVERY === 0 ? "   # measured under load" : "";
        lines.push(
          `    ${path[2]}: ${scalar(value, i + lines.length)}${Array.isArray(value) ? "" : comment}\n`,
        );
      }
    }
  }
  return lines.join("").replaceAll(": \n", ":\n");
}

function jsonOf(settings: readonly Generated[]): string {
  const plain = [...nest(settings)].map(([domain, components]) => {
    const inside = [...components].map(([component, keys]) => {
      return [component, Object.fromEntries(keys.map(({ path, value }) => [path[2], value]))];
    });
    return [domain, Object.fromEntries(inside)];
  });
  return JSON.stringify(Object.fromEntries(plain), null, 2);
}

function declarationOf({ name, type }: Generated, index: number): SettingDeclaration {
  return {
    name,
    type,
    secret: false,
    required: true,
    phases: PHASES,
    merge: "replace",
    sync: undefined,
    policy: undefined,
    overrides: [],
    replacedBy: undefined,
    default: undefined,
    values: type === "enum" ? LEVELS : undefined,
    pattern: undefined,
    min: undefined,
    max: type === "integer" ? 100_000 : undefined,
    allow: undefined,
    deprecated: undefined,
    doc: undefined,
    place: { file: "ringfence.yaml", line: index + 10, column: 3 },
  };
}

function manifestOf(environments: number): Project {
  const names = Array.from({ length: environments }, (_, i) => `env-${i}: { kind: development }`);
  const text = `project: shop
environments: { ${names.join(", ")} }
layers: [.env, config/base.yaml, config/base.json, 'env/{env}.env']
`;
  const { project, findings } = readManifest(text, { root: "/shop", file: "ringfence.yaml" });
  if (!project) throw new Error(`the generated manifest is wrong: ${findings[0]?.why}`);
  return project;
}

/** A project with that many settings, all declared and all set, without a finding. */
export function generateProject({ settings, environments }: GeneratedSize): GeneratedProject {
  const third = Math.ceil(settings / 3 / SAMPLES.length) * SAMPLES.length;
  const all = generate(settings);
  const parts = [0, 1, 2].map((part) => withReferences(all.slice(part * third, (part + 1) * third)));
  const base = [dotenvOf(parts[0]!), yamlOf(parts[1]!), jsonOf(parts[2]!)];
  const overridden = all.filter(({ type }, i) => i % OVERRIDE_EVERY === 0 && type !== "enum");
  const project = { ...manifestOf(environments), settings: all.map(declarationOf) };
  return {
    project,
    layersOf({ name }) {
      const own = dotenvOf(overridden.filter((_, i) => (i + name.length) % 2 === 0 || i % 3 > 0));
      return project.layers.map((declaration, i) => {
        const path = declaration.path.replace("{env}", name);
        return { declaration, path, text: base[i] ?? `# Only in ${name}.\n${own}` };
      });
    },
  };
}
