/** Secrets that anybody with the files can read, and values that look like another environment's. */

import { isWellKnown, passwordIn } from "../model/credential-text.ts";
import type { EnvironmentClass, GitState, OutOfPlace, ReadableSecret } from "../model/inspection.ts";
import { credentialShapeIn } from "../model/provider-format.ts";
import { placeOfItem } from "./comparison.ts";
import { splitUrl } from "./endpoint.ts";
import { environmentOf } from "./environment-name.ts";
import type { Item } from "./item.ts";
import { prefixOf } from "./prefixes.ts";
import { isSecretName, secretKind } from "./secret-shape.ts";
import { maskedShape } from "./shown-value.ts";

/** Templates carry made-up values; only what a provider's format or a random text proves counts there. */
const PROVEN = "secret by its name";

function readable(item: Item): string | undefined {
  const { name, text, reference, file, encoded } = item;
  const kind = reference ? undefined : secretKind(name, text);
  const secret = passwordIn(text) ?? text;
  if (kind === undefined || isWellKnown(secret)) return undefined;
  if (file.role === "example" && (kind === PROVEN || passwordIn(text) !== undefined)) return undefined;
  return encoded ? `${kind}, in base64, which hides nothing` : kind;
}

const ORDER: readonly GitState[] = ["tracked", "untracked", "unknown", "ignored"];

/** What everybody with the repository can read first. */
export function findReadableSecrets(
  items: readonly Item[],
  git: (file: string) => GitState,
): ReadableSecret[] {
  return items
    .flatMap((item): ReadableSecret[] => {
      const what = readable(item);
      if (what === undefined) return [];
      const place = placeOfItem(item, item.environment?.name ?? null);
      return [
        { ...place, what, shape: maskedShape(passwordIn(item.text) ?? item.text), git: git(item.file.path) },
      ];
    })
    .sort((a, b) => ORDER.indexOf(a.git) - ORDER.indexOf(b.git));
}

const NAMES_ENVIRONMENT =
  /^(?:ENVIRONMENT|ENV|APP_ENV|NODE_ENV|RAILS_ENV|RACK_ENV|FLASK_ENV|DJANGO_ENV|ASPNETCORE_ENVIRONMENT)$/;

function hostClass(text: string): EnvironmentClass | undefined {
  const host = splitUrl(text)?.host ?? (/^[a-z0-9-]+(?:\.[a-z0-9-]+)+$/i.test(text) ? text : undefined);
  const classes = host?.split(".").flatMap((label) => environmentOf(label) ?? []);
  return classes?.find(({ sure }) => sure)?.class;
}

function oddOutsideProduction(item: Item, near: EnvironmentClass): string | undefined {
  const { key, text } = item;
  if (credentialShapeIn(text)?.what === "Stripe live key") return "a live key";
  if (hostClass(text) === "production") return "leads to a host of production";
  const named = environmentOf(text);
  const rehearsal = near === "staging" || near === "preview";
  if (NAMES_ENVIRONMENT.test(key) && named?.class === "production" && !rehearsal)
    return "says that it is production";
  return item.name === key && prefixOf(key)?.environment.class === "production"
    ? "production's by its prefix"
    : undefined;
}

function oddInProduction({ key, text, name }: Item): string | undefined {
  const url = splitUrl(text);
  if (url && /^(?:localhost|127\.0\.0\.1|0\.0\.0\.0)$/.test(url.host)) return "leads to this machine";
  const other = hostClass(text);
  if (other === "development" || other === "staging" || other === "testing")
    return `leads to a host of ${other}`;
  if (/^(?:DEBUG|APP_DEBUG|DJANGO_DEBUG|FLASK_DEBUG)$/.test(key) && /^(?:true|1|yes|on)$/i.test(text)) {
    return "debugging is on";
  }
  const password = passwordIn(text) ?? (isSecretName(name) ? text : "");
  return isWellKnown(password) ? "a password that stands in every tutorial" : undefined;
}

/** Production's in another environment, and the other way round. */
export function findOutOfPlace(items: readonly Item[]): OutOfPlace[] {
  return items.flatMap((item) => {
    const { environment, reference, text } = item;
    if (!environment || reference || text === "" || item.file.role !== "environment") return [];
    const near = environment.class;
    const what =
      near === "production"
        ? oddInProduction(item)
        : near === "other"
          ? undefined
          : oddOutsideProduction(item, near);
    return what === undefined ? [] : [{ ...placeOfItem(item, environment.name), what }];
  });
}
