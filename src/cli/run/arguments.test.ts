import { describe, expect, test } from "vitest";
import { parseRun, runAgain } from "./arguments.ts";

const none = { set: [], json: false, dryRun: false, help: false };

describe("understood", () => {
  test.each<[string, object]>([
    ["run -e dev -- npm start", { environment: "dev", command: ["npm", "start"] }],
    ["run --environment=dev npm start -e x", { environment: "dev", command: ["npm", "start", "-e", "x"] }],
    ["run -edev npm", { environment: "dev", command: ["npm"] }],
    ["run -e=dev npm", { environment: "dev", command: ["npm"] }],
    ["-e dev --project /p run npm", { environment: "dev", project: "/p", command: ["npm"] }],
    ["-e dev run -e dev npm", { environment: "dev", command: ["npm"] }],
    ["run --force=because -- npm", { force: "because", command: ["npm"] }],
    ["run --set A=1 --set=B=2 --phase build npm", { set: ["A=1", "B=2"], phase: "build", command: ["npm"] }],
    ["run -- -e x", { command: ["-e", "x"] }],
    ["run -- -- x", { command: ["--", "x"] }],
    ["run -", { command: ["-"] }],
    ["run run", { command: ["run"] }],
    ["run npm --help", { command: ["npm", "--help"] }],
    ["--json run --dry-run npm", { json: true, dryRun: true, command: ["npm"] }],
    ["run -h", { help: true, command: [] }],
  ])("%s", (line, expected) => {
    expect(parseRun(line.split(" "))).toEqual({ ...none, ...expected });
  });
});

test.each([[], ["which"], ["-e", "run", "which"], ["--json", "which"], ["--", "run"], ["--help"]])(
  "%j is another command",
  (...words) => {
    expect(parseRun(words)).toBeUndefined();
  },
);

test.each([
  ["run", "there is no command to run"],
  ["run --", "there is no command to run"],
  ["run -e dev", "there is no command to run"],
  ["run -e", "-e needs a value"],
  ["run -e -- npm", "-e needs a value"],
  ["run --project= npm", "--project needs a value"],
  ["run -e a -e b npm", "-e is given twice"],
  ["run --enviroment dev npm", "unknown option --enviroment; did you mean --environment?"],
  ["run -x npm", "unknown option -x"],
])("%s: %s", (line, message) => {
  expect(() => parseRun(line.split(" "))).toThrow(
    expect.objectContaining({ code: "RUN_USAGE", exit: 2, message }),
  );
});

test.each([
  ["", "ringfence run -e staging --phase build -- npm start"],
  ["--force why", "ringfence run -e staging --phase build --force why -- npm start"],
  ["-e production", "ringfence run --phase build -e production -- npm start"],
])("a run is told again with more flags, and another environment in place of its own: %s", (flags, line) => {
  const request = parseRun(["run", "-e", "staging", "--phase", "build", "--", "npm", "start"])!;
  expect(runAgain(request)(flags)).toBe(line);
});
