/** How old the secrets of an environment are, as far as its secrets file tells here. */
import { formatDuration } from "../../base/units.ts";
import type { SecretAgeView } from "../../contract/rotation.ts";
import type { Environment } from "../../model/project.ts";
import type { SettingDeclaration } from "../../model/setting.ts";
import { ageOf } from "../../rotation/index.ts";
import type { SecretPast } from "../../secrets/index.ts";
import type { App } from "../app.ts";
import { referencesOf } from "../reference-values.ts";
import { readSecrets, type SecretsState } from "../resolution.ts";

const NOTHING: SecretPast = {};
const DAY_MS = 86_400_000;

function isoOf(milliseconds: number | undefined): string | null {
  return milliseconds === undefined ? null : new Date(milliseconds).toISOString();
}

/** In days where it is whole days, as people say it. */
function everyText(milliseconds: number): string {
  return milliseconds % DAY_MS === 0 ? `${milliseconds / DAY_MS}d` : formatDuration(milliseconds);
}

/** Why nothing says when the value was last changed. */
function whyUnknown({ opened, file }: SecretsState, isElsewhere: boolean): string {
  if (!opened) return `${file} can't be opened here`;
  if (isElsewhere) return "another store keeps the value";
  return `${file} does not say when it was last changed`;
}

function viewOf(
  name: string,
  declaration: SettingDeclaration | undefined,
  past: SecretPast,
  facts: {
    readonly environment: string;
    readonly now: number;
    readonly why: string;
    /** By policy, where the declaration says nothing. */
    readonly usualMs: number | undefined;
  },
): SecretAgeView {
  const { rotation } = declaration ?? {};
  const everyMs = rotation ? rotation.everyMs : facts.usualMs;
  const changedAt = past.changedAt === undefined ? undefined : Date.parse(past.changedAt);
  const { state, dueAt } = ageOf(everyMs, changedAt, facts.now);
  const until = past.previous?.until ?? null;
  return {
    name,
    environment: facts.environment,
    state,
    every: everyMs === undefined ? null : everyText(everyMs),
    changedAt: past.changedAt ?? null,
    dueAt: isoOf(dueAt),
    previousUntil: until,
    retirable: until !== null && !(Date.parse(until) > facts.now),
    pending: past.pending !== undefined,
    why: state === "unknown" ? facts.why : null,
  };
}

/** Every secret of an environment's file, in its order. @throws what reading secrets throws */
export function agesIn(app: App, environment: Environment): SecretAgeView[] {
  const secrets = readSecrets(app, environment);
  const read = referencesOf(app.references, app.project, environment);
  const now = app.clock.now();
  return (secrets.opened?.values ?? secrets.entries).map(({ name, value }) => {
    const declaration = app.project.settings.find((setting) => setting.name === name);
    const isElsewhere = value !== undefined && read(value) !== undefined;
    // What another store keeps may have been replaced there at any time: how old its reference is tells nothing.
    const past = isElsewhere ? NOTHING : (secrets.opened?.pasts.get(name) ?? NOTHING);
    const why = whyUnknown(secrets, isElsewhere);
    const usualMs = environment.policies.secretsRotateMs;
    return viewOf(name, declaration, past, { environment: environment.name, now, why, usualMs });
  });
}
