/** Identities that are handed out for a time, for people. */
import type { GlassClosed, GlassOpened, GlassOpening, GlassSealed } from "../../contract/break-glass.ts";
import { styled, table } from "../style.ts";
import { shownText } from "./shown.ts";

const done = (text: string) => `${styled("green", "✓")} ${text}`;

function rotationOf(environment: string, secrets: readonly string[]): string[] {
  if (secrets.length === 0) return ["  it opened no secret"];
  return [
    `  it opened, and has to be rotated: ${secrets.join(", ")}`,
    styled("dim", `  next: ringfence secret rotate ${secrets[0]} -e ${environment}`),
  ];
}

export function renderGlassSealed({ environment, file, people }: GlassSealed): string {
  return [
    done(`the identity of ${environment} is sealed for ${people.map((name) => shownText(name)).join(", ")}`),
    styled("dim", `next: git add ${shownText(file)}`),
  ].join("\n");
}

export function renderGlassOpened({ environment, person, until, reason, operation }: GlassOpened): string {
  return [
    styled("red", `! ${shownText(person)} holds the identity of ${environment} here until ${until}`),
    `  ${operation}: ${shownText(reason)}`,
    styled("dim", `next: ringfence break-glass close -e ${environment}`),
  ].join("\n");
}

export function renderGlassClosed({ environment, opening, secrets }: GlassClosed): string {
  if (opening === null) return done(`nothing of ${environment} is handed out here`);
  return [
    done(`the identity of ${environment} is taken away`),
    ...rotationOf(environment, secrets),
    styled(
      "dim",
      `next, by somebody else: ringfence break-glass review ${opening} --reason "<what was found>"`,
    ),
  ].join("\n");
}

function stateOf({ state, review }: GlassOpening): string {
  if (state === "open") return styled("red", "OPEN");
  return review ? styled("green", `reviewed by ${shownText(review.by)}`) : styled("yellow", "review is due");
}

export function renderGlassList(all: readonly GlassOpening[]): string {
  if (all.length === 0) return "no identity is handed out, and no review is due";
  const rows = all.map((one) => [
    one.operation,
    one.environment,
    shownText(one.person),
    one.at,
    one.closed?.at ?? one.until,
    stateOf(one),
    one.secrets.join(", "),
    shownText(one.reason),
  ]);
  return table(["operation", "environment", "who", "from", "until", "", "opened", "why"], rows);
}

export function renderGlassReviewed({ operation, environment, person, secrets }: GlassOpening): string {
  return [
    done(`${operation} is reviewed: ${shownText(person)} held the identity of ${environment}`),
    ...rotationOf(environment, secrets),
  ].join("\n");
}
