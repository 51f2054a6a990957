/** The ages of secrets, and what a rotation has changed, for people. */
import type { RotatedView, SecretAgeView, SecretStatusView } from "../../contract/rotation.ts";
import { styled, table } from "../style.ts";

const COLOURS = { current: "green", due: "yellow", overdue: "red", manual: "dim", unknown: "red" } as const;
const DAY_MS = 86_400_000;
const NONE = "–";

/** `12 days`, `5 hours`: what people think in; less than an hour is `new`. */
function ageText(from: string | null, at: string): string {
  if (from === null) return NONE;
  const hours = Math.max(0, Math.floor((Date.parse(at) - Date.parse(from)) / 3_600_000));
  const days = Math.floor((hours * 3_600_000) / DAY_MS);
  if (days > 0) return days === 1 ? "1 day" : `${days} days`;
  if (hours === 0) return "new";
  return hours === 1 ? "1 hour" : `${hours} hours`;
}

function dayOf(time: string | null): string {
  return time === null ? NONE : time.slice(0, "2026-11-21".length);
}

function noteOf({ pending, retirable, previousUntil, why }: SecretAgeView): string {
  return [
    ...(pending ? ["a rotation is not finished"] : []),
    ...(previousUntil === null
      ? []
      : [
          retirable
            ? "the former value is to be retired"
            : `the former value counts until ${dayOf(previousUntil)}`,
        ]),
    ...(why === null ? [] : [why]),
  ].join("; ");
}

/** What to do about the most urgent one. */
function nextOf(secrets: readonly SecretAgeView[]): string | undefined {
  const find = (wanted: (one: SecretAgeView) => boolean) => secrets.find(wanted);
  const unfinished = find(({ pending }) => pending);
  if (unfinished) return "ringfence operation list --state running";
  const old = find(({ state }) => state === "overdue" || state === "unknown");
  if (old) return `ringfence secret rotate ${old.name} -e ${old.environment}`;
  const former = find(({ retirable }) => retirable);
  if (former) return `ringfence secret retire -e ${former.environment}`;
  const soon = find(({ state }) => state === "due");
  return soon && `ringfence secret rotate ${soon.name} -e ${soon.environment}`;
}

export function renderSecretStatus({ at, secrets }: SecretStatusView): string {
  if (secrets.length === 0) return "no secrets";
  const rows = secrets.map((one) => [
    one.environment,
    one.name,
    styled(COLOURS[one.state], one.state),
    ageText(one.changedAt, at),
    one.every ?? NONE,
    dayOf(one.dueAt),
    noteOf(one),
  ]);
  const next = nextOf(secrets);
  return [
    table(["environment", "secret", "state", "age", "every", "due", ""], rows),
    ...(next === undefined ? [] : [`${styled("dim", "next:")} ${next}`]),
  ].join("\n");
}

export function renderRotated({ summary, names, file, revision, previousUntil, notes }: RotatedView): string {
  if (names.length === 0) return `${styled("green", "✓")} ${notes.join("; ")}`;
  return [
    `${styled("green", "✓")} ${summary}: ${file}, revision ${revision}`,
    ...Object.entries(previousUntil).map(
      ([name, until]) => `  ${name}_PREVIOUS holds the former value until it is retired, due ${dayOf(until)}`,
    ),
    ...notes.map((note) => `  ${styled("yellow", "!")} ${note}`),
    styled("dim", `next: git add ${file}`),
  ].join("\n");
}
