/**
 * Mistakes in a manifest that show only when its parts are held against each other: names that nothing has,
 * circles, and what two environments share though it must belong to one. Works on the source tree, so that
 * one mistake elsewhere hides none of these.
 */
import { nearest } from "../base/nearest.ts";
import type { FindingDraft } from "./finding-list.ts";
import { orderGraph } from "./graph.ts";
import { KIND_NAMES } from "./kind.ts";
import { FORMATS, isPublicKey } from "./manifest-formats.ts";
import { resourceFindings } from "./manifest-isolation.ts";
import {
  namesIn as names,
  sharedFindings as shared,
  type Use,
  unknownName as unknown,
} from "./manifest-names.ts";
import { recipientFindings } from "./manifest-recipients.ts";
import { STORE_SCHEMES } from "./secret-reference.ts";
import { entriesAt, nodeAt, placeOf, type SourceNode, textsAt } from "./source-tree.ts";

type Drafts = Iterable<FindingDraft>;

/** What `required`, `in` and `only` may name: the environments, and the kinds that one may have. */
export function targetsOf(root: SourceNode): string[] {
  return [...new Set([...names(root, "environments"), ...kindsOf(root)])];
}

/** The kinds that an environment may have: the built-in ones and the project's own. */
function kindsOf(root: SourceNode): string[] {
  return [...KIND_NAMES, ...names(root, "kinds")];
}

function* kinds(root: SourceNode): Drafts {
  const known = kindsOf(root);
  for (const [name, { keyPlace }] of entriesAt(root, "kinds")) {
    if (KIND_NAMES.some((kind) => kind === name)) {
      const why = `${name} is a built-in kind and can't be declared again`;
      yield { code: "MANIFEST_UNKNOWN_KIND", place: keyPlace, why, fix: "give your own kind another name" };
    }
    for (const { text, place } of textsAt(root, "kinds", name, "like")) {
      if (KIND_NAMES.some((kind) => kind === text)) continue;
      yield unknown("MANIFEST_UNKNOWN_KIND", "built-in kind", text, KIND_NAMES, place);
    }
  }
  for (const [name, { keyPlace }] of entriesAt(root, "environments")) {
    const [kind] = textsAt(root, "environments", name, "kind");
    if (kind && !known.includes(kind.text)) {
      yield unknown("MANIFEST_UNKNOWN_KIND", "kind", kind.text, known, kind.place);
    }
    if (nodeAt(root, ["environments", name, "kind"]) || known.includes(name)) continue;
    const meant = nearest(name, known) ?? "development";
    const why = `environment ${name} has no kind, and its name is none`;
    yield { code: "MANIFEST_MISSING", place: keyPlace, why, fix: `add kind: ${meant}` };
  }
}

function* environments(root: SourceNode): Drafts {
  const known = names(root, "environments");
  const section = nodeAt(root, ["environments"]);
  if (section?.kind === "map" && known.length === 0) {
    const fix = "add one, for example development: {}";
    yield { code: "MANIFEST_MISSING", place: section.place, why: "no environment is declared", fix };
  }
  for (const { text, place } of textsAt(root, "detect", "default")) {
    if (!known.includes(text))
      yield unknown("MANIFEST_UNKNOWN_ENVIRONMENT", "environment", text, known, place);
  }
}

function* isolation(root: SourceNode): Drafts {
  const environmentNames = names(root, "environments");
  const services = names(root, "services");
  const ports: Use[] = [];
  for (const environment of environmentNames) {
    for (const [service, { keyPlace, value }] of entriesAt(root, "environments", environment, "ports")) {
      if (!services.includes(service)) {
        yield unknown("MANIFEST_UNKNOWN_SERVICE", "service", service, services, keyPlace);
      }
      if (value.kind !== "scalar" || typeof value.value !== "number") continue;
      ports.push({ key: String(value.value), owner: `${service} in ${environment}`, place: value.place });
    }
  }
  yield* shared(
    "MANIFEST_SHARED_PORT",
    "port",
    ports,
    "give each service in each environment a port of its own",
  );
  const uses = (key: string): Use[] =>
    environmentNames.flatMap((owner) =>
      textsAt(root, "environments", owner, key).map(({ text, place }) => ({ key: text, owner, place })),
    );
  yield* shared(
    "MANIFEST_SHARED_NAME",
    "name in paths",
    environmentNames.flatMap((owner) => {
      const short = textsAt(root, "environments", owner, "short")[0];
      const place = placeOf(root, ["environments", owner]);
      return [{ key: short?.text ?? owner, owner, place: short?.place ?? place }];
    }),
    "give each environment a short name of its own",
  );
  yield* shared(
    "MANIFEST_SHARED_NAME",
    "prefix",
    uses("prefix"),
    "give each environment a prefix of its own",
  );
  yield* shared(
    "MANIFEST_SHARED_HOST",
    "host pattern",
    uses("hosts"),
    "let each pattern fit one environment only",
  );
}

function* people(root: SourceNode): Drafts {
  const keys = names(root, "people").flatMap((owner) =>
    textsAt(root, "people", owner, "key").map(({ text, place }) => ({ key: text, owner, place })),
  );
  for (const { key, place } of keys) {
    if (!FORMATS.publicKey.pattern.test(key) || isPublicKey(key)) continue;
    const why = "the Ed25519 public key is mistyped: it is not canonical base64 of 32 bytes";
    yield {
      code: "MANIFEST_VALUE",
      place,
      why,
      fix: "copy it again from where ringfence me init printed it",
    };
  }
  yield* shared(
    "MANIFEST_SHARED_KEY",
    "public key",
    keys,
    "let each person make a key with ringfence me init",
  );
}

/** A scheme that is built in has its own way to its store; any other needs a command that is told what to get. */
function* stores(root: SourceNode): Drafts {
  for (const [scheme, { keyPlace }] of entriesAt(root, "stores")) {
    const isBuiltIn = STORE_SCHEMES.some((known) => known === scheme);
    const command = textsAt(root, "stores", scheme, "command");
    if (isBuiltIn && command.length > 0) {
      const why = `${scheme} is built in: no command answers it`;
      yield { code: "MANIFEST_VALUE", place: keyPlace, why, fix: "give the store another scheme" };
    } else if (!isBuiltIn && command.length === 0) {
      const why = `${scheme} is no scheme that Ringfence knows, and no command answers it`;
      const fix = `add command: [${scheme}, read, "{reference}"]`;
      yield { code: "MANIFEST_MISSING", place: keyPlace, why, fix };
    } else if (!isBuiltIn && !command.slice(1).some(({ text }) => /\{(reference|path)\}/.test(text))) {
      const why = `the command of ${scheme} is not told what to get`;
      yield { code: "MANIFEST_VALUE", place: keyPlace, why, fix: 'add the word "{reference}"' };
    }
  }
}

function* services(root: SourceNode): Drafts {
  for (const [name, { keyPlace, value }] of entriesAt(root, "services")) {
    if (value.kind !== "map" || value.entries.has("entry") !== value.entries.has("build")) continue;
    const both = value.entries.has("entry");
    const why = both
      ? `service ${name} has an entry and a build`
      : `service ${name} has no entry and no build`;
    const fix = both ? "keep one of the two" : "add entry: src/main.ts, or a build";
    yield { code: "MANIFEST_SERVICE", place: keyPlace, why, fix };
  }
}

function* pipeline(root: SourceNode): Drafts {
  const known = names(root, "environments");
  const stages = entriesAt(root, "pipeline");
  const stageNames = stages.map(([name]) => name);
  const after = new Map(stageNames.map((name) => [name, textsAt(root, "pipeline", name, "after")]));
  for (const [name, { keyPlace }] of stages) {
    if (!known.includes(name)) {
      yield unknown("MANIFEST_UNKNOWN_ENVIRONMENT", "environment", name, known, keyPlace);
    }
    for (const { text, place } of after.get(name) ?? []) {
      if (!stageNames.includes(text)) {
        yield unknown("MANIFEST_UNKNOWN_STAGE", "stage of the pipeline", text, stageNames, place);
      }
    }
  }
  const { cycles } = orderGraph(stageNames, (name) => (after.get(name) ?? []).map(({ text }) => text));
  for (const cycle of cycles) {
    const place = after.get(cycle[0]!)?.find(({ text }) => text === cycle[1])?.place ?? root.place;
    const why = `the pipeline runs in a circle: ${cycle.join(" → ")}`;
    yield { code: "MANIFEST_CYCLE", place, why, fix: "delete one of these after" };
  }
}

/** Names of environments and kinds in what is declared for some of them. */
function* targets(root: SourceNode): Drafts {
  const known = targetsOf(root);
  const rules = nodeAt(root, ["rules"]);
  const allowed = nodeAt(root, ["isolation", "allow"]);
  const environmentNames = names(root, "environments");
  for (const { text, place } of allowed?.kind === "list"
    ? allowed.items.flatMap((item) => textsAt(item, "between"))
    : []) {
    if (environmentNames.includes(text)) continue;
    yield unknown("MANIFEST_UNKNOWN_ENVIRONMENT", "environment", text, environmentNames, place);
  }
  const named = rules?.kind === "list" ? rules.items.flatMap((rule) => textsAt(rule, "only")) : [];
  for (const [setting] of entriesAt(root, "settings")) {
    for (const [text, { keyPlace }] of entriesAt(root, "settings", setting, "in")) {
      named.push({ text, place: keyPlace });
    }
  }
  for (const { text, place } of named) {
    if (!known.includes(text)) {
      yield unknown("MANIFEST_UNKNOWN_ENVIRONMENT", "environment and no kind", text, known, place);
    }
  }
  for (const [text, { keyPlace }] of entriesAt(root, "expect")) {
    if (text === "all" || known.includes(text)) continue;
    yield unknown(
      "MANIFEST_UNKNOWN_ENVIRONMENT",
      "environment and no kind",
      text,
      ["all", ...known],
      keyPlace,
    );
  }
}

/** Names of settings in what is said of others and of layers. */
function* settingNames(root: SourceNode): Drafts {
  const known = names(root, "settings");
  const replaced = new Map(known.map((name) => [name, textsAt(root, "settings", name, "replacedBy")]));
  const layers = nodeAt(root, ["layers"]);
  const final = layers?.kind === "list" ? layers.items.flatMap((layer) => textsAt(layer, "final")) : [];
  // A project that declares no settings at all has none to hold the layers' names against.
  const named = [...[...replaced.values()].flat(), ...(known.length > 0 ? final : [])];
  for (const { text, place } of named) {
    if (!known.includes(text))
      yield unknown("MANIFEST_UNKNOWN_SETTING", "declared setting", text, known, place);
  }
  const next = (name: string): string[] => (replaced.get(name) ?? []).map(({ text }) => text);
  for (const cycle of orderGraph(known, next).cycles) {
    const place = replaced.get(cycle[0]!)?.[0]?.place ?? root.place;
    const why = `settings replace each other in a circle: ${cycle.join(" → ")}`;
    yield { code: "MANIFEST_CYCLE", place, why, fix: "delete one of these replacedBy" };
  }
}

/** All mistakes of this sort. */
export function* linkFindings(root: SourceNode): Drafts {
  yield* targets(root);
  yield* settingNames(root);
  yield* kinds(root);
  yield* environments(root);
  yield* isolation(root);
  yield* resourceFindings(root);
  yield* people(root);
  yield* stores(root);
  yield* recipientFindings(root);
  yield* services(root);
  yield* pipeline(root);
}
