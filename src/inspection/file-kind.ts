/** What a file is by its name alone: its format, what it configures, and which part of the name marks an environment. */
import type { LayerFormat } from "../model/layer.ts";

/** What a file's content is about; settings and manifests become keys in different ways. */
export type Shape = "settings" | "compose" | "chart" | "terraform" | "task" | "serverless";

export interface FileKind {
  readonly format: LayerFormat;
  readonly shape: Shape;
  /** The part of the name that may mean an environment; undefined where the name has none. */
  readonly mark: string | undefined;
  /** True where the whole name is the mark (`production.yml`), so that only its place can confirm it. */
  readonly whole: boolean;
  readonly example: boolean;
  /** Applies to one machine, over everything else (`.env.production.local`, `docker-compose.override.yml`). */
  readonly override: boolean;
  /** The name says that this is configuration even without an environment in it. */
  readonly plain: boolean;
}

const EXAMPLE = /^(?:example|sample|template|tpl|dist|defaults?|tmpl|schema|ci-example)$/;
const EXAMPLE_END = /[._-](?:example|sample|template|tpl|dist|tmpl)$/;
/** Endings of copies and of other tools' files, which are no environments. */
const NO_MARK =
  /^(?:bak|backup|old|orig|save|swp|tmp|enc|encrypted|gpg|age|sops|d|js|ts|md|txt|vault|keys|me)$/;
/** Words before an environment's name in `settings.prod.yml`. */
const STEM =
  /^(?:settings?|config(?:uration)?|conf|application|app|appsettings|secrets?|env(?:ironment)?|variables|vars|parameters|params|base|common|shared|defaults?|global)$/;
const NO_SETTINGS =
  /^(?:package(?:-lock)?|composer|tsconfig.*|jsconfig.*|.*eslint.*|.*prettier.*|.*\.schema|jest\.config|openapi.*|swagger.*|pnpm-.*|cargo|pyproject|chart|mkdocs|renovate|lerna|nx|turbo|babel.*|manifest|biome|deno|launchsettings)$/;
const TREE: Readonly<Record<string, LayerFormat>> = { yml: "yaml", yaml: "yaml", json: "json", toml: "toml" };

function kind(format: LayerFormat, shape: Shape, more: Partial<FileKind>): FileKind {
  return {
    format,
    shape,
    mark: undefined,
    whole: false,
    example: false,
    override: false,
    plain: true,
    ...more,
  };
}

function dotenvKind(name: string): FileKind | undefined {
  const dotted = /^(?:\.flask)?\.?env(?:[._-](.+))?$/.exec(name);
  const named = /^([^.].*)\.env(?:\.([a-z]+))?$/.exec(name);
  if (!name.startsWith(".env") && name !== ".flaskenv" && !named) return undefined;
  if (name === ".envrc") return undefined;
  const parts = (named ? [named[1]!, named[2]] : (dotted?.[1]?.split(".") ?? [])).filter(
    (part) => part !== undefined,
  );
  const words = parts.filter((part) => !EXAMPLE.test(part) && !NO_MARK.test(part));
  const override = words.length > 1 && words.at(-1) === "local";
  const mark = (override ? words.slice(0, -1) : words).join(".") || undefined;
  return kind("dotenv", "settings", {
    mark,
    override,
    whole: named !== null,
    example: parts.some((part) => EXAMPLE.test(part) || EXAMPLE_END.test(part)),
    plain: parts.length === 0,
  });
}

function treeKind(name: string): FileKind | undefined {
  const [, written, ending] = /^(.+)\.(ya?ml|json|toml)(?:\.[a-z]+)?$/i.exec(name) ?? [];
  const format = TREE[ending?.toLowerCase() ?? ""];
  if (written === undefined || format === undefined) return undefined;
  const example = EXAMPLE_END.test(written) || /\.(?:example|sample|template|dist)$/.test(name);
  if (!example && !/\.(?:ya?ml|json|toml)$/i.test(name)) return undefined;
  const stem = written.replace(EXAMPLE_END, "").toLowerCase();
  if (NO_SETTINGS.test(stem)) return undefined;
  if (/task[-_]?def/.test(stem) && format === "json") {
    const mark = stem
      .replace(/(?:ecs)?[-_.]?task[-_]?def(?:inition)?s?[-_.]?/, "")
      .replace(/^[-_.]|[-_.]$/g, "");
    return kind(format, "task", { mark: mark || undefined, example });
  }
  const [first, ...rest] = stem.split(/[._-]/);
  if (rest.length > 0 && STEM.test(first!))
    return kind(format, "settings", { mark: rest.join("-"), example });
  const last = rest.at(-1);
  if (last !== undefined && STEM.test(last)) {
    return kind(format, "settings", { mark: [first, ...rest.slice(0, -1)].join("-"), example, whole: true });
  }
  return STEM.test(stem)
    ? kind(format, "settings", { example })
    : kind(format, "settings", { mark: stem, whole: true, plain: false, example });
}

/** By the name alone; undefined for a file that is no configuration. */
export function fileKind(name: string): FileKind | undefined {
  const compose = /^(?:docker-)?compose(?:[._-](.+))?\.ya?ml$/i.exec(name);
  if (compose) {
    const override = compose[1] === "override";
    return kind("yaml", "compose", { mark: override ? "local" : compose[1], override });
  }
  const terraform = /^(.*)\.tfvars(\.json)?(?:\.(example|sample|template|dist))?$/.exec(name);
  if (terraform) {
    const stem = terraform[1]!.replace(/\.auto$/, "");
    const mark = /^(?:terraform|variables|common|global|default|base)?$/.test(stem) ? undefined : stem;
    const example = terraform[3] !== undefined || EXAMPLE_END.test(stem);
    return kind(terraform[2] ? "json" : "tfvars", "terraform", { mark, example });
  }
  const chart = /^values(?:[._-](.+))?\.ya?ml$/i.exec(name) ?? /^(.+)[._-]values\.ya?ml$/i.exec(name);
  if (chart) return kind("yaml", "chart", { mark: chart[1], example: EXAMPLE.test(chart[1] ?? "") });
  if (/^serverless\.ya?ml$/.test(name)) return kind("yaml", "serverless", {});
  return dotenvKind(name) ?? treeKind(name);
}
