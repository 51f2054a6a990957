/** Who can open secrets, for people. */
import type { AccessHolder, SecretAccess } from "../../contract/secret-access.ts";
import { styled, table } from "../style.ts";
import { shownText } from "./shown.ts";

const nameOf = ({ name, kind, key }: Pick<AccessHolder, "name" | "kind" | "key">): string =>
  kind === "unknown" || name === key ? "nobody that the manifest knows" : shownText(name);

/** What takes away those who should not open it any more; nothing where there are none. */
function nextStep(environment: string, holders: readonly AccessHolder[]): string | undefined {
  const surplus = holders.filter(({ state }) => state === "surplus");
  if (surplus.length === 0) return undefined;
  const drop = surplus.some(({ kind }) => kind === "key service") ? " --drop-keys" : "";
  return `  next: ringfence secret recipients apply -e ${environment}${drop}`;
}

function holderRow(holder: AccessHolder): string[] {
  const { kind, key, state, roles } = holder;
  const words = { in: "can open it", missing: "not yet", surplus: "STILL CAN OPEN IT" } as const;
  const colour = { in: "green", missing: "yellow", surplus: "red" } as const;
  return [
    `  ${nameOf(holder)}`,
    kind,
    styled(colour[state], words[state]),
    shownText(roles.join(", ")),
    shownText(key),
  ];
}

function renderAccess({
  environment,
  file,
  secrets,
  threshold,
  holders,
  former,
  breakGlass,
  writers,
}: SecretAccess): string {
  const count = `${secrets.length} secret${secrets.length === 1 ? "" : "s"}`;
  const groups = threshold > 1 ? `, ${threshold} groups of keys have to agree` : "";
  const past = former.map((one) => {
    const { key, revisions, commit, secrets: names } = one;
    const often = `${revisions} revision${revisions === 1 ? "" : "s"} in git, up to ${commit.slice(0, 12)}`;
    return [`  ${nameOf(one)}`, often, names.join(", "), shownText(key)];
  });
  const next = nextStep(environment, holders);
  return [
    `${styled("bold", environment)}: ${count} in ${file}${groups}`,
    table(["  who", "", "", "roles", "key"], holders.map(holderRow)),
    ...(past.length > 0 ? [table(["  could open earlier ones", "", "", ""], past)] : []),
    ...(breakGlass ? [`  in an emergency: whoever ${shownText(breakGlass)} is sealed for`] : []),
    `  may write it: ${writers === null ? "whoever can write the file; no signature is demanded" : `who signs as ${writers.join(", ")}`}`,
    ...(next ? [styled("dim", next)] : []),
  ].join("\n");
}

export function renderSecretAccess(all: readonly SecretAccess[]): string {
  if (all.length === 0) return "there are no secrets files";
  return all.map(renderAccess).join("\n\n");
}
