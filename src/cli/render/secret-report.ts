/** Who used which secrets, for people. */
import type { SecretReport, SecretUseCount } from "../../contract/secret-report.ts";
import { styled, table } from "../style.ts";
import { shownText } from "./shown.ts";

const moment = (at: string) => at.slice(0, 16).replace("T", " ");

function useRow(by: SecretReport["by"], use: SecretUseCount): string[] {
  const beside = by === "environment" ? use.people : use.environments;
  return [
    shownText(use.name),
    beside.map((one) => shownText(one)).join(", "),
    String(use.injected),
    String(use.opened),
    String(use.revealed),
    moment(use.first),
    moment(use.last),
    shownText(use.commands.join(", "), 60),
    shownText(use.hosts.join(", "), 40),
  ];
}

export function renderSecretReport({ by, since, uses, unusual }: SecretReport): string {
  const span = since === null ? "" : ` since ${moment(since)} UTC`;
  if (uses.length === 0) return `the record tells of no use of a secret${span}`;
  const beside = by === "environment" ? "by" : "environment";
  const header = [by, beside, "injected", "opened", "shown", "first (UTC)", "last", "commands", "hosts"];
  const rows = unusual.map(({ at, who, host, environment, command, first }) => {
    const why = first === "person" ? "for the first time" : "on a host for the first time";
    return `${moment(at)}  ${shownText(who)} used the secrets of ${environment} ${why}: ${shownText(command, 60)} on ${shownText(host)}`;
  });
  return [
    table(
      header,
      uses.map((use) => useRow(by, use)),
    ),
    ...(rows.length > 0 ? [styled("yellow", `unusual${span}:`), ...rows.map((row) => `  ${row}`)] : []),
  ].join("\n");
}
