/** Renders docs/commands.md from the catalogue's entries. Pure: reading the entries belongs to generate.ts. */

/** What the page needs of a catalogue entry; entries may hold more. */
export interface Command {
  /** `release create` */
  readonly name: string;
  readonly summary: string;
  readonly positional?: readonly {
    readonly name: string;
    readonly required: boolean;
    readonly description: string;
  }[];
  readonly flags?: readonly {
    /** Without the dashes. */
    readonly name: string;
    /** Placeholder of its value; a switch has none. */
    readonly value?: string;
    readonly required?: boolean;
    readonly description: string;
  }[];
}

const INTRODUCTION = `# Commands

Generated from the catalogue of operations by \`npm run generate\`; do not edit.

Every command takes these flags. Exit codes and errors: [errors.md](errors.md).

| flag | does |
| --- | --- |
| \`-e, --environment NAME\` | names the environment; without it, it is detected and shown (\`ringfence which\`) |
| \`--json\` | prints one JSON document on standard output, and an error as JSON on standard error |
| \`--dry-run\` | prints the plan of an operation and changes nothing |
| \`--project DIR\` | works on the project in that folder instead of the nearest one upward |
`;

const cell = (text: string) => text.replaceAll("|", "\\|").replaceAll("\n", " ");

function section({ name, summary, positional = [], flags = [] }: Command): string {
  const words = positional.map(({ name, required }) => (required ? name : `[${name}]`));
  const needed = flags.filter(({ required }) => required).map(flagText);
  const usage = ["ringfence", name, ...words, ...needed].join(" ");
  const rows = [
    ...positional.map(({ name, description }) => `| \`${name}\` | ${cell(description)} |\n`),
    ...flags.map((flag) => `| \`${flagText(flag)}\` | ${cell(flag.description)} |\n`),
  ];
  const table = rows.length > 0 ? `\n| argument | does |\n| --- | --- |\n${rows.join("")}` : "";
  return `\n## ringfence ${name}\n\n${summary}\n\n\`\`\`\n${usage}\n\`\`\`\n${table}`;
}

function flagText({ name, value }: { readonly name: string; readonly value?: string }): string {
  return value === undefined ? `--${name}` : `--${name} ${value}`;
}

/** The whole page, in the order given. */
export function commandsPage(commands: readonly Command[]): string {
  return INTRODUCTION + commands.map(section).join("");
}
