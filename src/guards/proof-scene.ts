/** Environments for the tests of the proof, made from texts by name. Only tests import this. */
import { createHmac } from "node:crypto";
import type { Place } from "../base/place.ts";
import type { IsolationProof } from "../model/isolation.ts";
import type { ResolvedSetting, SettingDeclaration, SettingType } from "../model/setting.ts";
import type { EnvironmentFacts } from "./claim.ts";
import { type ProofInput, proveIsolation } from "./index.ts";

/** Long enough to be a credential. */
export const LONG = "correct-horse-battery";

export type Texts = Readonly<Record<string, string>>;

export const place = (file: string, line = 1): Place => ({ file, line, column: 1 });

function declared(name: string, type: SettingType): SettingDeclaration {
  return {
    name,
    type,
    secret: false,
    phases: [],
    merge: "replace",
    sync: undefined,
    policy: undefined,
    overrides: [],
    replacedBy: undefined,
    required: false,
    default: undefined,
    values: undefined,
    pattern: undefined,
    min: undefined,
    max: undefined,
    allow: undefined,
    deprecated: undefined,
    doc: undefined,
    place: place("ringfence.yaml"),
  };
}

/** `secret NAME` for a secret, `cidr NAME` for a type, `sealed NAME` for what can't be opened. */
function setting(environment: string, words: string, text: string, line: number): ResolvedSetting {
  const [name = "", word] = words.split(" ").toReversed();
  const secret = word === "secret" || word === "sealed";
  const sealed = word === "sealed";
  return {
    name,
    value: text,
    text,
    secret,
    sealed,
    set: true,
    declaration: word && !secret ? declared(name, word as SettingType) : undefined,
    history: [
      {
        source: environment,
        place: place(environment, line),
        value: text,
        wins: true,
        removes: false,
        merged: false,
      },
    ],
    references: [],
  };
}

export function facts(name: string, texts: Texts, more: Partial<EnvironmentFacts> = {}): EnvironmentFacts {
  const settings = Object.entries(texts).map(([words, text], at) => setting(name, words, text, at + 1));
  const unread = settings.some(({ sealed }) => sealed)
    ? [{ subject: null, where: name, why: "sealed", fix: "open it" }]
    : [];
  return {
    name,
    settings,
    hosts: [],
    services: [],
    recipients: [],
    folders: [],
    resources: [],
    foreign: [],
    unread,
    kept: [],
    ...more,
  };
}

export const fingerprint = (key: string) => (text: string) =>
  createHmac("sha256", key).update(text).digest("hex");

export function proof(
  environments: readonly EnvironmentFacts[],
  more: Partial<ProofInput> = {},
): IsolationProof {
  return proveIsolation({
    environments,
    services: ["api"],
    exceptions: [],
    today: "2026-11-21",
    manifest: "ringfence.yaml",
    fingerprint: fingerprint("k"),
    realPath: (path) => (path.startsWith("/") ? path : `/p/${path.replace(/^\.\//, "")}`).replace(/\/$/, ""),
    ...more,
  });
}

/** `kind+kind SUBJECT|SUBJECT` of each contamination of two environments. */
export function shared(a: EnvironmentFacts, b: EnvironmentFacts): string[] {
  return proof([a, b]).pairs[0]!.contaminations.map(
    ({ kinds, places }) => `${kinds.join("+")} ${places.map(({ subject }) => subject).join("|")}`,
  );
}
