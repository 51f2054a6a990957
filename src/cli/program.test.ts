import { type Command, CommanderError } from "commander";
import { describe, expect, test } from "vitest";
import { catalogue } from "../app/catalogue.generated.ts";
import { isRingfenceError, type RingfenceError } from "../base/error.ts";
import { commands } from "./catalogue.fixture.ts";
import { buildProgram, type Typed } from "./program.ts";

const line = (text: string) => text.split(" ").filter((word) => word !== "");

async function parse(text: string): Promise<Typed | undefined> {
  let typed: Typed | undefined;
  const argv = line(text);
  const run = async (found: Typed) => {
    typed = found;
  };
  await buildProgram(commands, "1.2.3", { run }, { argv, json: true }).parseAsync(argv, { from: "user" });
  return typed;
}

async function refusal(text: string): Promise<RingfenceError> {
  try {
    await parse(text);
  } catch (error) {
    if (isRingfenceError(error)) return error;
    throw error;
  }
  return expect.fail(`${text} was taken`);
}

describe("a line that is understood", () => {
  test.each<[text: string, name: string, positionals: unknown[], options: Record<string, unknown>]>([
    ["boat list", "boat list", [], {}],
    ["boat list --wet --limit 3 --crew a b", "boat list", [], { wet: true, limit: "3", crew: ["a", "b"] }],
    ["boat list --colour=red --json", "boat list", [], { colour: "red", json: true }],
    ["boat show ada --project /x", "boat show", ["ada"], { project: "/x" }],
    ["-e staging --json boat show ada", "boat show", ["ada"], { environment: "staging", json: true }],
    ["boat show -- --ada", "boat show", ["--ada"], {}],
    ["sail ada --to prod --wind N --dry-run", "sail", ["ada"], { to: "prod", wind: "N", dryRun: true }],
    [
      "sail ada --wind N --reason r --force f --as b",
      "sail",
      ["ada"],
      { wind: "N", reason: "r", force: "f", as: "b" },
    ],
    ["return staging", "return", ["staging"], {}],
    ["return", "return", [undefined], {}],
  ])("%s", async (text, name, positionals, options) => {
    const typed = await parse(text);
    expect(typed).toMatchObject({ command: { name }, positionals, options });
    expect(Object.keys(typed!.options).sort()).toEqual(Object.keys(options).sort());
  });
});

describe("a line that is not", () => {
  test.each<[text: string, what: RegExp, where: string, fix: string]>([
    ["boot list", /unknown command boot; did you mean boat/, "ringfence", "ringfence boat list"],
    [
      "boat lsit --wet",
      /unknown command lsit; did you mean list/,
      "ringfence boat",
      "ringfence boat list --wet",
    ],
    ["boat sink", /unknown command sink$/, "ringfence boat", "ringfence boat --help"],
    ["xyzzy", /unknown command xyzzy$/, "ringfence", "ringfence --help"],
    [
      "boat list --wett",
      /unknown flag --wett; did you mean --wet/,
      "ringfence boat list",
      "ringfence boat list --wet",
    ],
    [
      "boat list --color=red",
      /did you mean --colour/,
      "ringfence boat list",
      "ringfence boat list --colour=red",
    ],
    [
      "boat list --colour green",
      /Allowed choices are red, blue/,
      "ringfence boat list",
      "ringfence boat list --help",
    ],
    ["boat list --limit", /argument missing/, "ringfence boat list", "ringfence boat list --help"],
    ["boat list ada", /too many arguments/, "ringfence boat list", "ringfence boat list --help"],
    ["boat show", /missing required argument 'name'/, "ringfence boat show", "ringfence boat show --help"],
    ["sail ada", /required option '--wind/, "ringfence sail", "ringfence sail --help"],
    ["boat list --dry-run", /unknown flag --dry-run/, "ringfence boat list", "ringfence boat list --help"],
    ["boat", /ringfence boat needs a command/, "ringfence boat", "ringfence boat --help"],
    ["", /ringfence needs a command/, "ringfence", "ringfence --help"],
    ["--as ada run x", /run takes its flags behind it/, "ringfence run", "ringfence run --help"],
    [
      "completion tcsh",
      /Allowed choices are bash, zsh, fish/,
      "ringfence completion",
      "ringfence completion --help",
    ],
  ])("%s", async (text, what, where, fix) => {
    const error = await refusal(text);
    expect(error).toMatchObject({ code: "CLI_USAGE", exit: 2, where, fix });
    expect(error.message).toMatch(what);
  });

  test("asking for help is no mistake", async () => {
    const program = buildProgram(commands, "1.2.3", { run: async () => {} });
    program.configureOutput({ writeOut: () => {} });
    await expect(program.parseAsync(["--help"], { from: "user" })).rejects.toBeInstanceOf(CommanderError);
  });
});

/** What a program has: `config`, `config show`. */
const pathsOf = (at: Command, before = ""): string[] =>
  at.commands.flatMap((command) => {
    const path = `${before}${command.name()}`;
    return [path, ...pathsOf(command, `${path} `)];
  });

describe("of all commands", () => {
  const made = (argv: readonly string[]) =>
    buildProgram(catalogue, "1.2.3", { run: async () => {} }, { argv, json: false });
  const all = pathsOf(made([]));

  test.each([
    ["config", "config check"],
    ["secret", "secret hook install"],
    ["status", "status"],
  ])(
    "those that begin as the line does are made whole, and of the others the first words: %s",
    (word, path) => {
      const paths = pathsOf(made([word]));
      const isOwn = (one: string) => one.split(" ")[0] === word;
      expect(paths).toContain(path);
      expect(paths.filter(isOwn)).toEqual(all.filter(isOwn));
      expect(paths.filter((one) => !one.includes(" "))).toEqual(all.filter((one) => !one.includes(" ")));
      expect(paths.length).toBeLessThan(all.length);
    },
  );

  test.each([["-e", "staging", "status"], ["help", "config", "show"], ["cnofig"], ["completion", "bash"]])(
    "all are made where another word stands first: %s",
    (...argv) => {
      expect(pathsOf(made(argv))).toEqual(all);
    },
  );

  test("help is the same, however many are made", () => {
    expect(made(["--help"]).helpInformation()).toBe(made([]).helpInformation());
  });

  test("each says what it is about, and the first ones stand under a heading", () => {
    const silent = (at: Command): string[] => [
      ...(at.description() === "" ? [at.name()] : []),
      ...at.commands.flatMap(silent),
    ];
    expect(silent(made([]))).toEqual([]);
    expect(made([]).helpInformation()).not.toContain("\nCommands:");
  });
});

describe("help", () => {
  const program = buildProgram(commands, "1.2.3", { run: async () => {} });
  const helpOf = (...words: string[]) =>
    words
      .reduce((at, word) => at.commands.find((command) => command.name() === word)!, program)
      .helpInformation();

  test("of the program lists every first word with its summary", () => {
    const help = helpOf();
    for (const text of ["run", "boat", "sail <boat>", "does sail", "return [environment]", "completion"])
      expect(help).toContain(text);
  });

  test("of a change names what every change takes, before what every command takes", () => {
    const help = helpOf("sail");
    const places = [
      "<boat>",
      "--wind",
      "--to",
      "--reason",
      "--force",
      "--dry-run",
      "--environment",
      "--json",
    ].map((text) => help.indexOf(text, help.indexOf("Options:") * Number(text.startsWith("--"))));
    expect(places).toEqual([...places].sort((a, b) => a - b));
    expect(places[0]).toBeGreaterThan(0);
  });

  test("of a command without an environment does not offer one", () => {
    expect(helpOf("boat", "list")).not.toContain("--environment");
    expect(helpOf("return")).toContain("--environment");
  });
});
