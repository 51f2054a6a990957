/** Where a URL setting stands that is to be split, and what forbids that. */
import { formatPlace } from "../../base/place.ts";
import {
  configErrors,
  entryIn,
  type LayerEntry,
  type LayerText,
  type PartNames,
  SETTING_NAME,
  splitUrl,
  typedText,
  URL_PARTS,
  type UrlPart,
  type WrittenValue,
} from "../../config/index.ts";
import { UNSET } from "../../model/setting.ts";
import type { App } from "../app.ts";
import { appErrors } from "../errors.ts";
import { readLayers, readSecrets } from "../resolution.ts";
import { resolutionWith } from "../settings-after.ts";

/** JSON, for a plan's facts. */
export interface Split {
  readonly name: string;
  readonly into: PartNames;
}

/** One layer's file in which the setting stands, and what it says afterwards. */
export interface SplitPlace {
  readonly layer: LayerText;
  readonly entry: LayerEntry;
  /** By new setting. */
  readonly parts: ReadonlyMap<string, WrittenValue>;
  readonly whole: WrittenValue;
}

function badWord(what: string, name: string, why: string) {
  return appErrors.APP_BAD_INPUT({
    what,
    where: "--into",
    why,
    fix: `ringfence config split ${name} --into host=${name}_HOST,port=${name}_PORT`,
  });
}

function secretPart(name: string) {
  return appErrors.APP_SETTING_SECRET({
    what: "a password becomes no plain setting",
    where: "--into password",
    why: "layers are plain text; a secret is set by itself, and the URL refers to it",
    fix: `printf %s "$VALUE" | ringfence secret set ${name}_PASSWORD -e <environment>   # then write \${${name}_PASSWORD} into the URL`,
  });
}

function isPart(word: string): word is UrlPart {
  return (URL_PARTS as readonly string[]).includes(word);
}

/** `host=DB_HOST,port=DB_PORT`, in one word or several. @throws APP_BAD_INPUT, APP_SETTING_SECRET for a password */
export function partNames(name: string, words: readonly string[]): PartNames {
  const into: Partial<Record<UrlPart, string>> = {};
  for (const word of words.flatMap((one) => one.split(","))) {
    const [part = "", to = "", ...more] = word.split("=");
    if (part === "password") throw secretPart(name);
    if (!isPart(part))
      throw badWord(`a URL has no part ${part}`, name, `its parts are ${URL_PARTS.join(", ")}`);
    if (more.length > 0 || !SETTING_NAME.test(to))
      throw badWord(`${word} gives ${part} no name`, name, "a name has letters, digits and _");
    if (into[part] !== undefined || Object.values(into).includes(to) || to === name)
      throw badWord(
        `${word} is said twice`,
        name,
        "each part becomes one setting, each with a name of its own",
      );
    into[part] = to;
  }
  if (Object.keys(into).length > 0) return into;
  throw badWord("no part was named", name, `--into says which of ${URL_PARTS.join(", ")} become settings`);
}

function unsplittable(what: string, where: string, why: string, fix: string) {
  return configErrors.CONFIG_UNSPLITTABLE({ what, where, why, fix });
}

/** @throws APP_SETTING_SECRET, CONFIG_UNSPLITTABLE for a default */
function assertPlain(app: App, { name }: Split): void {
  const declared = app.project.settings.find((one) => one.name === name);
  const keeping = app.project.environments.filter((one) =>
    readSecrets(app, one).entries.some((entry) => entry.name === name),
  );
  if (declared?.secret || keeping.length > 0) {
    throw appErrors.APP_SETTING_SECRET({
      what: `${name} is a secret${keeping.length > 0 ? ` of ${keeping.map((one) => one.name).join(", ")}` : ""}`,
      where: name,
      why: "its parts would stand in layers, where all can read them",
      fix: `set its password alone with ringfence secret set, write the URL with a reference to it into a layer, and take ${name} out of the secrets`,
    });
  }
  const hasDefault =
    declared?.default !== undefined || declared?.overrides.some((one) => one.default !== undefined);
  if (!declared || !hasDefault) return;
  throw unsplittable(
    `${name} has a default`,
    formatPlace(declared.place),
    "a default is part of the manifest; only what stands in layers is split",
    `write the default into the first layer, and take it out of ${app.project.manifest}`,
  );
}

/** @throws APP_SETTING_EXISTS */
function assertFree(app: App, { name, into }: Split): void {
  const taken = new Set(app.project.settings.map((one) => one.name));
  for (const environment of app.project.environments) {
    const { settings, removed } = resolutionWith(app, environment, new Map());
    for (const one of [...settings.keys(), ...removed.keys()]) taken.add(one);
  }
  const found = Object.values(into).find((one) => taken.has(one) || one === app.project.detect.variable);
  if (found === undefined) return;
  throw appErrors.APP_SETTING_EXISTS({
    what: `${found} is there already`,
    where: found,
    why: `the part of ${name} would take its place`,
    fix: `ringfence config explain ${found}`,
  });
}

/** @throws CONFIG_UNSPLITTABLE, APP_SETTING_SECRET: neither quotes anything of the value */
function placeOf(layer: LayerText, entry: LayerEntry, { name, into }: Split): SplitPlace {
  const names = Object.values(into);
  if (entry.value === UNSET) {
    const none = typedText(UNSET, true);
    return { layer, entry, parts: new Map(names.map((one) => [one, none])), whole: none };
  }
  const where = formatPlace(entry.place);
  const explain = `write it there as a URL with ${Object.keys(into).join(", ")}, or split it by hand`;
  if (layer.declaration.program) {
    const why = `the program ${layer.path} prints it, and no command changes a program`;
    throw unsplittable(`${name} is set by a program`, layer.path, why, "let it print the parts, by hand");
  }
  const split = splitUrl(entry, into);
  switch (split.kind) {
    case "split":
      return {
        layer,
        entry,
        parts: new Map([...split.parts].map(([part, written]) => [into[part]!, written])),
        whole: split.whole,
      };
    case "password":
      throw appErrors.APP_SETTING_SECRET({
        what: `${name} has a password in plain text`,
        where,
        why: "it would be copied on; in a layer all can read it",
        fix: `printf %s "$VALUE" | ringfence secret set ${name}_PASSWORD -e <environment>   # then write \${${name}_PASSWORD} for it in ${layer.path}`,
      });
    case "lacks":
      throw unsplittable(
        `${name} has no ${split.part} there`,
        where,
        "each of its values is split alike",
        explain,
      );
    case "no url":
      throw unsplittable(`${name} is no URL there`, where, "a URL is scheme://host/path", explain);
  }
}

/**
 * Every file of a layer in which the setting stands, each once.
 *
 * @throws CONFIG_UNKNOWN_KEY where there is none; CONFIG_UNSPLITTABLE, APP_SETTING_SECRET, APP_SETTING_EXISTS
 */
export function splitPlaces(app: App, split: Split): SplitPlace[] {
  const { name } = split;
  assertPlain(app, split);
  assertFree(app, split);
  const layers = new Map(
    app.project.environments.flatMap((one) => readLayers(app, one)).map((layer) => [layer.path, layer]),
  );
  const places = [...layers.values()].flatMap((layer) => {
    const entry = entryIn(layer, name, app.project.settings);
    return entry ? placeOf(layer, entry, split) : [];
  });
  if (places.some(({ entry }) => entry.value !== UNSET)) return places;
  throw configErrors.CONFIG_UNKNOWN_KEY({
    what: `no layer sets ${name}`,
    where: name,
    why: "there is nothing to split",
    fix: "ringfence config matrix",
  });
}
