/**
 * What a scan of the code looks for: values of secrets, and values of other settings that belong to one environment
 * alone. What is too short or too common to be told from ordinary text is left out.
 */

import { encodingsOf, partsOf } from "../base/secret-forms.ts";
import { isTelling } from "../model/credential-text.ts";
import type { ResolvedSetting } from "../model/setting.ts";
import type { Resolution } from "./resolve.ts";

/** `port`: only where the line is about one. `word`: with nothing around it that would make it another word. */
type NeedleKind = "secret" | "word" | "port";

export interface Needle {
  readonly text: string;
  readonly kind: NeedleKind;
  /** Where the value comes from: `DATABASE_HOST of production`. */
  readonly settings: readonly { readonly name: string; readonly environment: string }[];
}

const SHORTEST_SECRET = 8;
const SHORTEST_WORD = 6;
const FIRST_PORT = 1024;

const LOOPBACK = /^(localhost|127(\.\d+){3}|\[?::1\]?|0\.0\.0\.0|host\.docker\.internal|)$/i;
const HOST = /^(?=.*[a-z])[a-z0-9-]+(\.[a-z0-9-]+)+$/i;
/** Types whose values mean the same everywhere and stand in any text. */
const ORDINARY: ReadonlySet<string> = new Set([
  "boolean",
  "enum",
  "duration",
  "size",
  "number",
  "list",
  "object",
]);

function secretNeedles({ text }: ResolvedSetting): string[] {
  if (!isTelling(text)) return [];
  return partsOf(text)
    .flatMap(encodingsOf)
    .filter((form) => form.length >= SHORTEST_SECRET);
}

function isPort({ name, declaration, text }: ResolvedSetting): boolean {
  const isNamed = declaration?.type === "port" || /(^|_)PORT$/.test(name);
  return isNamed && /^\d{4,5}$/.test(text) && Number(text) >= FIRST_PORT;
}

/** The host of an address; undefined where it is none, or leads to this machine. */
function hostOf(text: string): string | undefined {
  if (!text.includes("://") || !URL.canParse(text)) return undefined;
  const { hostname } = new URL(text);
  return LOOPBACK.test(hostname) || hostname.length < SHORTEST_WORD ? undefined : hostname;
}

/** Hosts, addresses, and names such as `shop-uploads-prod` or `appX3k9…`; no ordinary word and no number. */
function isSpecific(text: string): boolean {
  if (text.length < SHORTEST_WORD || /\s/.test(text) || LOOPBACK.test(text)) return false;
  if (text.includes("://")) return hostOf(text) !== undefined;
  if (HOST.test(text)) return true;
  return /[a-z]/i.test(text) && /[\d._@/-]/.test(text);
}

/** What the texts of one setting in all environments give to look for in one of them. */
function plainNeedle(
  setting: ResolvedSetting,
  others: readonly string[],
): Omit<Needle, "settings"> | undefined {
  const { text, declaration } = setting;
  if (isPort(setting)) return { text, kind: "port" };
  if (ORDINARY.has(declaration?.type ?? "") || !isSpecific(text)) return undefined;
  const host = hostOf(text);
  // The host alone where it is what differs: code puts addresses together.
  const isOwn = host !== undefined && !others.some((other) => hostOf(other) === host);
  return { text: isOwn ? host : text, kind: "word" };
}

class Needles {
  readonly #byText = new Map<
    string,
    { kind: NeedleKind; settings: { name: string; environment: string }[] }
  >();

  add(text: string, kind: NeedleKind, name: string, environment: string): void {
    const known = this.#byText.get(text);
    if (!known) {
      this.#byText.set(text, { kind, settings: [{ name, environment }] });
      return;
    }
    // A secret stays one, whatever else has the same value.
    if (kind === "secret" && known.kind !== "secret") {
      known.kind = kind;
      known.settings = [];
    } else if (kind !== "secret" && known.kind === "secret") return;
    if (!known.settings.some((one) => one.name === name && one.environment === environment))
      known.settings.push({ name, environment });
  }

  list(): Needle[] {
    return [...this.#byText].map(([text, needle]) => ({ text, ...needle }));
  }
}

/** What to look for, given the resolutions of all environments. Sealed secrets can't be looked for. */
export function scanNeedles(resolutions: readonly Resolution[]): Needle[] {
  const needles = new Needles();
  for (const { environment, settings } of resolutions) {
    for (const setting of settings.values()) {
      const { name, secret, sealed, text } = setting;
      if (sealed || text === "") continue;
      if (secret) {
        for (const form of secretNeedles(setting)) needles.add(form, "secret", name, environment);
        continue;
      }
      const all = resolutions.map((other) => other.settings.get(name)).filter((one) => one?.secret === false);
      const others = all.map((one) => one!.text).filter((other) => other !== "" && other !== text);
      const found = others.length > 0 ? plainNeedle(setting, others) : undefined;
      if (found) needles.add(found.text, found.kind, name, environment);
    }
  }
  return needles.list();
}
