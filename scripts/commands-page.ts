/** Renders docs/commands.md from the catalogue's entries. Pure: reading the entries belongs to generate.ts. */
import type { CatalogueEntry, FlagEntry } from "../src/app/catalogue.ts";

const INTRODUCTION = `# Commands

Generated from the catalogue of operations by \`npm run generate\`; do not edit.

Every command takes these flags. Exit codes and errors: [errors.md](errors.md).

| flag | does |
| --- | --- |
| \`-e, --environment NAME\` | names the environment; without it, it is detected and shown (\`ringfence which\`) |
| \`--json\` | prints one JSON document on standard output, and an error as JSON on standard error |
| \`--as PERSON\` | who acts, where several people have keys on this machine (or \`RINGFENCE_AS\`) |
| \`--project DIR\` | works on the project in that folder instead of the nearest one upward |

\`ringfence help COMMAND\` shows the same. \`source <(ringfence completion bash)\` completes commands and flags; zsh and fish have their own.

## ringfence run

Run a command with an environment's settings and secrets in its variables; its exit code is passed on

\`\`\`
ringfence run [-e ENVIRONMENT] [--project DIR] [--force REASON] -- COMMAND [ARGUMENT…]
\`\`\`
`;

const cell = (text: string) => text.replaceAll("|", "\\|").replaceAll("\n", " ");

const TO: FlagEntry = {
  name: "to",
  type: "string",
  required: true,
  description: "the environment that it goes to",
};
const DRY_RUN: FlagEntry = {
  name: "dry-run",
  type: "boolean",
  required: false,
  description: "shows the plan; changes nothing",
};
const REASONS: readonly FlagEntry[] = [
  { name: "reason", type: "string", required: false, description: "why, for the record" },
  {
    name: "force",
    type: "string",
    required: false,
    description: "a reason to go past the host guard; recorded",
  },
];
const ENVIRONMENT = { name: "environment", required: true, description: "the environment" };

function section({ name, summary, form, explicit, environmentFlag, ...entry }: CatalogueEntry): string {
  const positionals =
    environmentFlag === "position" ? [...entry.positionals, ENVIRONMENT] : entry.positionals;
  const flags = [
    ...(environmentFlag === "to" ? [TO] : []),
    ...entry.flags,
    ...(explicit ? REASONS : []),
    ...(form === "operation" || form === "setup" ? [DRY_RUN] : []),
  ];
  const words = positionals.map(({ name, required }) => (required ? name : `[${name}]`));
  const needed = flags.filter(({ required }) => required).map(flagText);
  const usage = ["ringfence", name, ...words, ...needed].join(" ");
  const rows = [
    ...positionals.map(({ name, description }) => `| \`${name}\` | ${cell(description)} |\n`),
    ...flags.map((flag) => `| \`${flagText(flag)}\` | ${cell(flag.description)} |\n`),
  ];
  const table = rows.length > 0 ? `\n| argument | does |\n| --- | --- |\n${rows.join("")}` : "";
  return `\n## ringfence ${name}\n\n${summary}\n\n\`\`\`\n${usage}\n\`\`\`\n${table}`;
}

function flagText({ name, type, values }: FlagEntry): string {
  if (type === "boolean") return `--${name}`;
  return `--${name} ${values ? values.join("|") : type === "number" ? "NUMBER" : "TEXT"}${type === "list" ? "…" : ""}`;
}

/** The whole page, in the order given. */
export function commandsPage(commands: readonly CatalogueEntry[]): string {
  return INTRODUCTION + commands.map(section).join("");
}
