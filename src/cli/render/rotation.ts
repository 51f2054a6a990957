/** The ages of secrets, and what a rotation has changed, for people. */
import type { RotatedView, SecretAgeView, SecretStatusView } from "../../contract/rotation.ts";
import { styled, table } from "../style.ts";

const COLOURS = { current: "green", due: "yellow", overdue: "red", manual: "dim", unknown: "red" } as const;
const HOUR_MS = 3_600_000;
const NONE = "–";

/** `12 days`, `5 hours`: what people think in. */
function spanText(milliseconds: number): string {
  const hours = Math.round(milliseconds / HOUR_MS);
  const [count, unit] = hours < 48 ? [hours, "hour"] : [Math.round(hours / 24), "day"];
  return count === 1 ? `1 ${unit}` : `${count} ${unit}s`;
}

function ageText(from: string | null, at: string): string {
  if (from === null) return NONE;
  const age = Date.parse(at) - Date.parse(from);
  return age < HOUR_MS ? "new" : spanText(age);
}

/** `in 6 days`, `4 days ago`. */
function whenText(time: string | null, at: string): string {
  if (time === null) return NONE;
  const left = Date.parse(time) - Date.parse(at);
  return left >= 0 ? `in ${spanText(left)}` : `${spanText(-left)} ago`;
}

function noteOf({ pending, retirable, previousUntil, why }: SecretAgeView, at: string): string {
  return [
    ...(pending ? ["a rotation is not finished"] : []),
    ...(previousUntil === null
      ? []
      : [
          retirable
            ? "the former value is to be retired"
            : `the former value is to be retired ${whenText(previousUntil, at)}`,
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
    whenText(one.dueAt, at),
    noteOf(one, at),
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
      ([name, until]) => `  ${name}_PREVIOUS holds the former value until it is retired, due ${until}`,
    ),
    ...notes.map((note) => `  ${styled("yellow", "!")} ${note}`),
    styled("dim", `next: git add ${file}`),
  ].join("\n");
}
