/** A small catalogue of made-up commands, for the tests of this room. */
import type { CatalogueItem } from "../app/catalogue.generated.ts";

function item(name: string, more: Partial<CatalogueItem> = {}): CatalogueItem {
  return {
    name,
    form: "query",
    summary: `does ${name}`,
    scope: "project",
    environmentFlag: null,
    explicit: false,
    positionals: [],
    flags: [],
    load: () => Promise.reject(new Error("help and parsing load no command")),
    ...more,
  };
}

const change = { form: "operation", explicit: true, scope: "environment" } as const;

export const commands: readonly CatalogueItem[] = [
  item("boat list", {
    flags: [
      { name: "colour", type: "string", required: false, description: "only those", values: ["red", "blue"] },
      { name: "limit", type: "number", required: false, description: "at most this many" },
      { name: "wet", type: "boolean", required: false, description: "only those in water" },
      { name: "crew", type: "list", required: false, description: "only with them" },
    ],
  }),
  item("boat show", { positionals: [{ name: "name", required: true, description: "the boat's name" }] }),
  item("sail", {
    ...change,
    environmentFlag: "to",
    positionals: [{ name: "boat", required: true, description: "the boat" }],
    flags: [{ name: "wind", type: "string", required: true, description: "from where it blows" }],
  }),
  item("return", { ...change, environmentFlag: "position" }),
];
