import { stripVTControlCharacters } from "node:util";
import { describe, expect, test } from "vitest";
import { type ErrorDetail, errorCatalogue } from "../../base/error.ts";
import { renderError } from "./error.ts";

const errors = errorCatalogue({ BOAT_SUNK: { summary: "The boat sank.", exit: 1, http: 500 } });

describe("an error", () => {
  test.each<[name: string, detail: ErrorDetail, expected: string]>([
    ["with what alone", { what: "it sank" }, "error BOAT_SUNK: it sank"],
    [
      "with everything",
      { what: "it sank", where: "sea.yaml:1:2", why: "a leak", fix: "boat mend" },
      "error BOAT_SUNK: it sank\n  where  sea.yaml:1:2\n  why    a leak\n  fix    boat mend",
    ],
    [
      "with several lines",
      { what: "it sank", why: "a leak\na storm", fix: "boat mend\nboat raise" },
      "error BOAT_SUNK: it sank\n  why    a leak\n         a storm\n  fix    boat mend\n         boat raise",
    ],
    [
      "with who is asked next",
      { what: "it sank", why: "a leak", escalation: ["the mate", "the captain"] },
      "error BOAT_SUNK: it sank\n  why       a leak\n  escalate  the mate → the captain",
    ],
    ["without what is empty", { what: "it sank", why: "", fix: "" }, "error BOAT_SUNK: it sank"],
  ])("%s", (_name, detail, expected) => {
    expect(stripVTControlCharacters(renderError(errors.BOAT_SUNK(detail)))).toBe(expected);
  });
});
