/** Performs every page of docs/ that has a session, and holds the pages against the catalogue of commands. */
import { afterAll, describe, expect, test } from "vitest";
import { catalogue } from "../../src/app/catalogue.generated.ts";
import { anyPort } from "../contracts/target.ts";
import { pages } from "./page-blocks.ts";
import { openSession, type Session } from "./session.ts";

const all = pages();
const sessions: Session[] = [];

afterAll(() => {
  for (const session of sessions) session.remove();
});

async function freePorts(ports: readonly string[]): Promise<Map<string, string>> {
  return new Map(await Promise.all(ports.map(async (port) => [port, String(await anyPort())] as const)));
}

describe("the session happens as it stands on", () => {
  test.each(all.filter(({ commands }) => commands.length > 0))(
    "$name",
    async ({ name, ports }) => {
      const session = openSession(name, { ports: await freePorts(ports) });
      sessions.push(session);
      session.expectPage();
    },
    180_000,
  );
});

/** The words of the command lines that show what they print: `config show`, `run`. */
function wordsShown(): string[] {
  return all
    .flatMap(({ commands }) => commands)
    .filter(({ command }) => !command.includes("/dev/null"))
    .flatMap(({ command }) => [...command.matchAll(/\bringfence ([a-z-]+)(?: ([a-z-]+))?(?: ([a-z]+))?/g)])
    .flatMap(([, first, second, third]) => [first!, `${first} ${second}`, `${first} ${second} ${third}`]);
}

test("every command is shown in a session", () => {
  const shown = new Set(wordsShown());
  const names = [...catalogue.map(({ name }) => name), "run", "completion"];
  expect(names.filter((name) => !shown.has(name))).toEqual([]);
});

test("what looks like a session is one, and is performed", () => {
  const unperformed = all.flatMap(({ name, text }) => {
    const rest = text.replace(/^```console\n.*?^```$/gms, "");
    return [...rest.matchAll(/^\s*\$ .*$/gm)].map(([line]) => `${name}: ${line}`);
  });
  expect(unperformed).toEqual([]);
});
