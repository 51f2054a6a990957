import { describe, expect, test } from "vitest";
import { isRingfenceError } from "../../base/error.ts";
import { NO_FENCE, raiseFence } from "./fence.ts";
import { type RouterState, switched, unrouted } from "./router-state.ts";
import {
  EMPTY_STATE,
  type InstanceRecord,
  parseState,
  routesOf,
  type SetRecord,
  type SupervisorState,
  standingSet,
  withInstance,
  withoutSet,
  withRetiring,
  withRouted,
  withSet,
  withShutdown,
} from "./state.ts";

function outcome<T>(act: () => T): T | string {
  try {
    return act();
  } catch (error) {
    if (isRingfenceError(error)) return error.code;
    throw error;
  }
}

describe("fence", () => {
  const kept = { token: 5, holder: "first" };
  const rows: [string, { token: number; holder: string }, unknown][] = [
    ["a higher one is kept", { token: 6, holder: "second" }, { token: 6, holder: "second" }],
    ["the same one again", { token: 5, holder: "first" }, kept],
    ["the same token of someone else", { token: 5, holder: "second" }, "TARGET_FENCED"],
    ["an older one", { token: 4, holder: "first" }, "TARGET_FENCED"],
    ["zero", { token: 0, holder: "first" }, "TARGET_FENCE_INVALID"],
    ["a fraction", { token: 6.5, holder: "first" }, "TARGET_FENCE_INVALID"],
    ["no number", { token: Number.NaN, holder: "first" }, "TARGET_FENCE_INVALID"],
  ];
  test.each(rows)("%s", (_, asked, expected) => {
    expect(outcome(() => raiseFence(kept, asked, "environment x"))).toEqual(expected);
  });

  test("the refusal names the holder of the higher one", () => {
    expect(() => raiseFence(kept, { token: 1, holder: "late" }, "environment x")).toThrow("first (token 5)");
  });

  test("the first one is taken", () => {
    expect(raiseFence(NO_FENCE, { token: 1, holder: "a" }, "x")).toEqual({ token: 1, holder: "a" });
  });
});

const instance = (service: string, port: number, publicPort: number | null): InstanceRecord => ({
  service,
  folder: "/artifact",
  start: ["node", "x.mjs"],
  publicPort,
  health: null,
  secretNames: [],
  sealed: "",
  mark: `${service}${port}`,
  port,
  process: null,
  restarts: 0,
});
const set = (name: string, ...instances: InstanceRecord[]): SetRecord => ({
  name,
  version: name,
  retiring: false,
  instances,
});
const blue = set("blue", instance("web", 11, 8080), instance("worker", 12, null));
const green = set("green", instance("web", 21, 8080), instance("admin", 22, 9090));
const both = withSet(withSet(EMPTY_STATE, blue), green);
const brief = ({ routed, guard, sets }: SupervisorState) => [
  routed,
  guard,
  sets.map(({ name, retiring }) => (retiring ? `${name} retiring` : name)).join(),
];

describe("supervisor's state", () => {
  const rows: [string, () => SupervisorState, unknown][] = [
    ["two sets stand", () => both, [null, null, "blue,green"]],
    ["one is routed", () => withRouted(both, "blue", null), ["blue", null, "blue,green"]],
    ["with a guard", () => withRouted(both, "green", "blue"), ["green", "blue", "blue,green"]],
    ["a set does not guard itself", () => withRouted(both, "blue", "blue"), ["blue", null, "blue,green"]],
    [
      "none is routed any more",
      () => withRouted(withRouted(both, "green", "blue"), null, null),
      [null, null, "blue,green"],
    ],
    ["an unknown one", () => withRouted(both, "red", null), "TARGET_SET_UNKNOWN"],
    ["an unknown guard", () => withRouted(both, "blue", "red"), "TARGET_SET_UNKNOWN"],
    ["a retiring one", () => withRouted(withRetiring(both, "blue"), "blue", null), "TARGET_SET_UNKNOWN"],
    [
      "another one retires",
      () => withRetiring(withRouted(both, "blue", null), "green"),
      ["blue", null, "blue,green retiring"],
    ],
    ["an unknown one retires", () => withRetiring(both, "red"), [null, null, "blue,green"]],
    [
      "the routed one retires",
      () => withRetiring(withRouted(both, "blue", null), "blue"),
      "TARGET_SET_ROUTED",
    ],
    [
      "the guard retires",
      () => withRetiring(withRouted(both, "blue", "green"), "green"),
      "TARGET_SET_ROUTED",
    ],
    [
      "shutdown",
      () => withShutdown(withRouted(both, "blue", "green")),
      [null, null, "blue retiring,green retiring"],
    ],
    ["one is forgotten", () => withoutSet(both, "blue"), [null, null, "green"]],
  ];
  test.each(rows)("%s", (_, act, expected) => {
    const result = outcome(act);
    expect(typeof result === "string" ? result : brief(result)).toEqual(expected);
  });

  test("an instance changes alone", () => {
    const changed = withInstance(both, "green", "web", { restarts: 3 });
    expect(standingSet(changed, "green").instances.map(({ restarts }) => restarts)).toEqual([3, 0]);
    expect(standingSet(changed, "blue")).toBe(blue);
  });

  test.each([[undefined], [null], [{}], [{ format: 2, sets: [], fence: NO_FENCE }]])(
    "%j is no state",
    (content) => {
      expect(outcome(() => parseState(content, "x"))).toBe("TARGET_STATE_UNREADABLE");
    },
  );
});

describe("routes", () => {
  const to = (name: string, port: number) => ({ set: name, port });
  const rows: [string, SupervisorState, unknown[]][] = [
    ["none without sets", EMPTY_STATE, []],
    [
      "every public port, leading nowhere",
      both,
      [
        { port: 8080, service: "web", routed: null, guard: null },
        { port: 9090, service: "admin", routed: null, guard: null },
      ],
    ],
    [
      "a port that the routed set has not leads nowhere",
      withRouted(both, "blue", null),
      [
        { port: 8080, service: "web", routed: to("blue", 11), guard: null },
        { port: 9090, service: "admin", routed: null, guard: null },
      ],
    ],
    [
      "the guard is the service of the same name",
      withRouted(both, "green", "blue"),
      [
        { port: 8080, service: "web", routed: to("green", 21), guard: to("blue", 11) },
        { port: 9090, service: "admin", routed: to("green", 22), guard: null },
      ],
    ],
    [
      "two services exchange their ports",
      withRouted(
        withSet(
          withSet(EMPTY_STATE, set("one", instance("a", 1, 8001), instance("b", 2, 8002))),
          set("two", instance("a", 3, 8002), instance("b", 4, 8001)),
        ),
        "two",
        "one",
      ),
      [
        { port: 8001, service: "b", routed: to("two", 4), guard: to("one", 2) },
        { port: 8002, service: "a", routed: to("two", 3), guard: to("one", 1) },
      ],
    ],
  ];
  test.each(rows)("%s", (_, state, expected) => expect(routesOf(state)).toEqual(expected));
});

describe("router's state", () => {
  const start = unrouted("staging", 8080, "web");
  const fence = { token: 3, holder: "a" };
  const to = (name: string) => ({ set: name, port: 1 });
  const routed = switched(start, { fence, service: "web", routed: to("blue"), guard: to("green") });
  const rows: [string, RouterState, Parameters<typeof switched>[1], unknown][] = [
    [
      "to another set",
      routed,
      { fence, service: "web", routed: to("green"), guard: null },
      [to("green"), null, 3],
    ],
    [
      "to nowhere, and so without a guard",
      routed,
      { fence, service: "web", routed: null, guard: to("green") },
      [null, null, 3],
    ],
    [
      "with a newer fence",
      routed,
      { fence: { token: 4, holder: "b" }, service: "web", routed: to("blue"), guard: null },
      [to("blue"), null, 4],
    ],
    [
      "with an older fence",
      routed,
      { fence: { token: 2, holder: "b" }, service: "web", routed: to("green"), guard: null },
      "TARGET_FENCED",
    ],
  ];
  test.each(rows)("switch %s", (_, state, change, expected) => {
    const result = outcome(() => switched(state, change));
    expect(typeof result === "string" ? result : [result.routed, result.guard, result.fence.token]).toEqual(
      expected,
    );
  });
});
