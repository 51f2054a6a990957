/**
 * What it costs to resolve and check 10,000 settings over four layers, beside nothing but reading the same texts with
 * the parsers that everybody uses; and 50 environments beside one.
 */
import { parse as parseBareDotenv } from "dotenv";
import { parse as parseBareYaml } from "yaml";
import {
  type LayerCache,
  type LayerText,
  parseDotenv,
  parseJsonLayer,
  parseYamlLayer,
  resolve,
} from "../src/config/index.ts";
import { type GeneratedProject, generateProject } from "./generated-project.ts";
import { compare, median, type Row } from "./row.ts";

const SETTINGS = 10_000;
const ENVIRONMENTS = 50;
const ROUNDS = 15;
const ENVIRONMENT_ROUNDS = 3;
/** What the product promises for the whole, from the texts to the findings. */
const LIMIT = 1.5;

const noObject = (): boolean => false;

function bareLayer({ declaration, text }: LayerText): unknown {
  if (declaration.format === "dotenv") return parseBareDotenv(text!);
  // With its own check for duplicates it is quadratic, which would make the comparison easy.
  return declaration.format === "yaml" ? parseBareYaml(text!, { uniqueKeys: false }) : JSON.parse(text!);
}

function ourLayer({ declaration, path, text }: LayerText): unknown {
  if (declaration.format === "dotenv") return parseDotenv(text!, path);
  return declaration.format === "yaml"
    ? parseYamlLayer(text!, path, noObject)
    : parseJsonLayer(text!, path, noObject);
}

/** Processor time of this process so far, which other processes on the machine disturb less than the wall clock. */
function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}

/** Medians of processor time in milliseconds, the sides in turn. */
function inTurn<Name extends string>(
  sides: Record<Name, () => unknown>,
  rounds: number,
): Record<Name, number> {
  const names = Object.keys(sides) as Name[];
  const times = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<Name, number[]>;
  for (const name of names) sides[name]();
  for (let round = 0; round < rounds; round++) {
    for (const name of names) {
      const began = cpuMs();
      sides[name]();
      times[name].push(cpuMs() - began);
    }
  }
  return Object.fromEntries(names.map((name) => [name, median(times[name])])) as Record<Name, number>;
}

type Resolver = (cache?: LayerCache) => void;

/** One function for each environment, with its texts already at hand. */
function resolversOf({ project, layersOf }: GeneratedProject): readonly Resolver[] {
  return project.environments.map((environment) => {
    const input = {
      project,
      environment,
      layers: layersOf(environment),
      secrets: [],
      process: {},
      rules: undefined,
      references: undefined,
    };
    return (cache) => {
      const { settings, findings } = resolve({ ...input, ...(cache && { cache }) });
      if (settings.size === SETTINGS && findings.length === 0) return;
      throw new Error(`${settings.size} settings, ${findings[0]?.why ?? "no finding"}`);
    };
  });
}

export function rows(): Promise<readonly Row[]> {
  const generated = generateProject({ settings: SETTINGS, environments: ENVIRONMENTS });
  const { project } = generated;
  const environment = project.environments[0]!;
  const layers = generated.layersOf(environment);
  const formats = ["dotenv", "yaml", "json"] as const;
  const parsing = formats.map((format) => {
    const of = layers.filter(({ declaration }) => declaration.format === format);
    const times = inTurn({ bare: () => of.map(bareLayer), ours: () => of.map(ourLayer) }, ROUNDS);
    return compare(`read ${format} layers, with places`, "ms", times.ours, {
      name: "bare parser",
      value: times.bare,
    });
  });
  const resolvers = resolversOf(generated);
  const whole = inTurn(
    { bare: () => layers.map(bareLayer), parse: () => layers.map(ourLayer), resolve: () => resolvers[0]!() },
    ROUNDS,
  );
  const many = inTurn(
    {
      // As often as the other side, so that both pay for the memory that they leave behind.
      one: () => resolvers.map(() => resolvers[0]!()),
      // As a command over all environments does: what they share is parsed once.
      all: () => {
        const cache: LayerCache = new Map();
        for (const resolveOne of resolvers) resolveOne(cache);
      },
    },
    ENVIRONMENT_ROUNDS,
  );
  const bare = { name: "bare parsers", value: whole.bare };
  return Promise.resolve([
    ...parsing,
    compare(`read 4 layers of ${SETTINGS} settings`, "ms", whole.parse, bare),
    compare(`resolve and check ${SETTINGS} settings`, "ms", whole.resolve, { ...bare, limit: LIMIT }),
    compare(`resolve and check ${ENVIRONMENTS} environments`, "ms", many.all, {
      name: "one environment",
      value: many.one / ENVIRONMENTS,
      limit: ENVIRONMENTS,
    }),
  ]);
}
