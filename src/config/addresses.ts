/** Addresses in a setting's value: URLs alone, in lists and objects, and several in one text. */
import type { ResolvedSetting, SettingValue } from "../model/setting.ts";

export interface Address {
  /** In lower case, without the colon. */
  readonly scheme: string;
  /** Without user, password and port; a URL of several machines has several. */
  readonly hosts: readonly string[];
  readonly text: string;
}

/** A comma in one URL parts its hosts: only where a scheme follows another address begins. */
const BETWEEN = /[\s,;|"'[\]]+(?=[a-z][a-z0-9+.-]*:\/\/)/i;
const URL_SHAPE = /([a-z][a-z0-9+.-]*):\/\/([^/?#\s"']*)/i;

function* stringsOf(value: SettingValue): Iterable<string> {
  if (typeof value === "string") yield value;
  else if (value !== null && typeof value === "object") {
    for (const item of Object.values(value)) yield* stringsOf(item);
  }
}

/** Every text of a setting: that of a list or object item by item, and where it has several addresses one by one. */
export function textsOf({ value, text }: Pick<ResolvedSetting, "value" | "text">): string[] {
  const structured = value !== null && typeof value === "object";
  const whole = structured ? [...stringsOf(value)] : [text];
  return whole.flatMap((one) => one.split(BETWEEN));
}

function hostOf(part: string): string {
  return part.replace(/:\d*$/, "").toLowerCase();
}

/** The addresses among a setting's texts, in their order. */
export function addressesOf(setting: Pick<ResolvedSetting, "value" | "text">): Address[] {
  return textsOf(setting).flatMap((text) => {
    const [, scheme, authority] = URL_SHAPE.exec(text) ?? [];
    if (scheme === undefined || authority === undefined) return [];
    const machines = authority.slice(authority.lastIndexOf("@") + 1);
    return [{ scheme: scheme.toLowerCase(), hosts: machines.split(",").map(hostOf), text }];
  });
}
