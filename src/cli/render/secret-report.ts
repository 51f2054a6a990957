/** Who used which secrets, for people. */
import type { SecretReport } from "../../contract/secret-report.ts";
import { styled, table } from "../style.ts";
import { shownText } from "./shown.ts";

function useRow(by: SecretReport["by"], use: SecretReport["uses"][number]): string[] {
  const beside = by === "environment" ? use.people : use.environments;
  return [
    shownText(use.name),
    beside.map((one) => shownText(one)).join(", "),
    String(use.injected),
    String(use.opened),
    String(use.revealed),
    String(use.hosts.length),
    use.first,
    use.last,
    use.commands.map((one) => shownText(one)).join(", "),
  ];
}

export function renderSecretReport({ by, since, uses, unusual }: SecretReport): string {
  const span = since === null ? "" : ` since ${since}`;
  if (uses.length === 0) return `the record tells of no use of a secret${span}`;
  const beside = by === "environment" ? "by" : "environment";
  const header = [by, beside, "injected", "opened", "shown", "hosts", "first", "last", "commands"];
  const strange = unusual.map(({ at, who, host, environment, command, first }) => {
    const why = first === "person" ? "for the first time" : "on a host for the first time";
    return `  ${at}  ${shownText(who)} used the secrets of ${environment} ${why}: ${shownText(command)} on host ${shownText(host)}`;
  });
  return [
    table(
      header,
      uses.map((use) => useRow(by, use)),
    ),
    ...(strange.length > 0 ? [styled("yellow", "unusual:"), ...strange] : []),
  ].join("\n");
}
