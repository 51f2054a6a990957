/** Groups: they end with this process, however it ends, and who has left one holds nobody up. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type GroupEnd, runGroup } from "./process-group.ts";

/** Whom the programs under test call: a connection lasts as long as who made it. */
const server = createServer();
const callers = new Set<Socket>();
server.on("connection", (socket) => callers.add(socket.on("error", () => {}).resume()));
const portOf = () => (server.address() as { port: number }).port;
const nextCaller = async () => (await once(server, "connection"))[0] as Socket;

beforeAll(async () => {
  await once(server.listen(0, "127.0.0.1"), "listening");
});
afterAll(() => {
  for (const socket of callers) socket.destroy();
  server.close();
});

const VARIABLES = { PATH: process.env.PATH ?? "" };
const node = (script: string) => [process.execPath, "-e", script];
const print = (script: string, signal = new AbortController().signal): Promise<GroupEnd> =>
  runGroup(
    { words: node(script), folder: tmpdir(), variables: VARIABLES, largestOutputBytes: 1_000 },
    signal,
  );

/** Calls the test, and ends when that hangs up. */
const calling = () =>
  `require("net").connect(${portOf()}, "127.0.0.1").on("close", () => process.exit()).resume()`;

/** Starts one that calls the test, holds the output and has left the group. */
const startHolder = () => {
  const words = JSON.stringify(["-e", calling()]);
  const options = '{ detached: true, stdio: ["ignore", "inherit", "ignore"] }';
  return `require("child_process").spawn(process.execPath, ${words}, ${options}).unref();`;
};

const EXITING = 'process.once("SIGINT", () => process.exit(130));';
test.each<[string, NodeJS.Signals, string, [number | null, NodeJS.Signals | null]]>([
  ["a signal that nobody takes", "SIGINT", "", [null, "SIGINT"]],
  ["a signal that nobody takes", "SIGTERM", "", [null, "SIGTERM"]],
  ["a signal that nobody takes", "SIGHUP", "", [null, "SIGHUP"]],
  ["an exit that another listener makes", "SIGINT", EXITING, [130, null]],
])("%s (%s) ends the groups too", async (_what, signal, listener, how) => {
  const call = { words: node(calling()), folder: tmpdir(), variables: VARIABLES };
  const script = `
    import { runGroup } from ${JSON.stringify(new URL("./process-group.ts", import.meta.url).href)};
    ${listener}
    await runGroup(${JSON.stringify(call)}, new AbortController().signal);`;
  const called = nextCaller();
  const parent = spawn(process.execPath, ["--input-type=module", "-e", script], { stdio: "ignore" });
  const ended = once(parent, "exit");
  const hungUp = once(await called, "close");
  parent.kill(signal);
  expect(await ended).toEqual(how);
  await hungUp;
});

test("a listener that lives on keeps the groups alive, and none of ours stays behind", async () => {
  const heard = once(process, "SIGHUP");
  const called = nextCaller();
  const group = print(`${calling()}; process.on("exit", () => console.log("ended by itself"))`);
  const socket = await called;
  process.kill(process.pid, "SIGHUP");
  await heard;
  socket.destroy();
  expect((await group).output?.toString()).toBe("ended by itself\n");
  expect(process.listenerCount("SIGHUP")).toBe(0);
});

test("what a program printed counts, though somebody who left its group holds the output", async () => {
  const called = nextCaller();
  const end = await print(`${startHolder()} process.stdout.write("value");`);
  expect(end).toMatchObject({ code: 0, signal: null, output: Buffer.from("value") });
  (await called).destroy();
});

test("whoever is left in the group may still print", async () => {
  const words = JSON.stringify(["-e", `${calling()}; process.on("exit", () => console.log("late"))`]);
  const inGroup = `require("child_process").spawn(process.execPath, ${words}, { stdio: "inherit" }).unref();`;
  const called = nextCaller();
  const group = print(`${inGroup} console.log("first");`);
  (await called).destroy();
  expect((await group).output?.toString().split("\n").sort()).toEqual(["", "first", "late"]);
});

test("when the time is over nobody is waited for who has left the group", async () => {
  const controller = new AbortController();
  const called = nextCaller();
  const group = print(`${startHolder()} setInterval(() => {}, 1_000);`, controller.signal);
  const holder = await called;
  controller.abort();
  expect(await group).toMatchObject({ code: null, signal: "SIGKILL" });
  holder.destroy();
});
