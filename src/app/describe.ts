/** Describes a definition as plain data for the catalogue; used when the catalogue is generated. */
import * as z from "zod";
import type { CatalogueEntry, CommandModule, FlagEntry, PositionalEntry } from "./catalogue.ts";

interface Property {
  readonly type?: string;
  readonly enum?: readonly string[];
  readonly default?: FlagEntry["default"];
  readonly description?: string;
  readonly position?: number;
}

function flagType(name: string, property: Property): FlagEntry["type"] {
  switch (property.type) {
    case "boolean":
      return "boolean";
    case "integer":
    case "number":
      return "number";
    case "array":
      return "list";
    case "string":
      return "string";
    default:
      throw new Error(`the input ${name} has a type that no flag can have: ${property.type}`);
  }
}

/** @throws when a module exports no definition, or an input that no command line can express. */
export function describeCommand(module: CommandModule): CatalogueEntry {
  const forms = ["operation", "query", "continuation", "setup"] as const;
  const form = forms.find((one) => module[one] !== undefined);
  const definition = form && module[form];
  if (!definition)
    throw new Error("a command's file exports an operation, a query, a continuation or a setup");
  const schema = z.toJSONSchema(definition.input as unknown as z.ZodType, { io: "input" }) as {
    properties?: Record<string, Property>;
    required?: string[];
  };
  const properties = Object.entries(schema.properties ?? {});
  const required = (name: string) => schema.required?.includes(name) ?? false;
  const positionals: PositionalEntry[] = properties
    .filter(([, property]) => property.position !== undefined)
    .sort(([, a], [, b]) => a.position! - b.position!)
    .map(([name, property]) => ({ name, required: required(name), description: property.description ?? "" }));
  const flags: FlagEntry[] = properties
    .filter(([, property]) => property.position === undefined)
    .map(([name, property]) => ({
      name,
      type: flagType(name, property),
      required: required(name),
      description: property.description ?? "",
      ...(property.enum ? { values: property.enum } : {}),
      ...(property.default !== undefined ? { default: property.default } : {}),
    }));
  return {
    name: definition.name,
    form,
    summary: definition.summary,
    scope: definition.scope,
    environmentFlag: definition.environmentFlag ?? null,
    explicit: form === "operation" || form === "continuation" || definition.explicit === true,
    positionals,
    flags,
  };
}
