/** Laws: whatever a setting holds, what an export says of it is what the format's own readers read. */
import { spawnSync } from "node:child_process";
import { parseEnv } from "node:util";
import * as dotenv from "dotenv";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseAllDocuments, parse as parseYaml } from "yaml";
import type { SettingValue } from "../../model/setting.ts";
import { parseDotenv } from "../dotenv.ts";
import { parseJsonLayer, parseYamlLayer } from "../tree-layer.ts";
import type { ExportedSetting } from "./exported-setting.ts";
import { type ExportFormat, exportSettings } from "./formats.ts";

type Values = Readonly<Record<string, SettingValue>>;

const NASTY = [
  "\n",
  "\r",
  "\t",
  " ",
  "'",
  '"',
  "`",
  "\\",
  "#",
  "=",
  "$",
  "${",
  "%{",
  "{",
  "}",
  "%",
  ",",
  ":",
];
const MORE = ["é", "☃", "😀", "\u2028", "\u00a0", "\u0085", "\ufeff", "a", "B", "1", "-", "RINGFENCE_END"];

/** Any text that a process can get: no NUL. */
const text = fc
  .oneof(
    fc.string({ unit: fc.constantFrom(...NASTY, ...MORE) }),
    fc.string({ unit: "binary" }),
    fc.constantFrom(
      "",
      "yes",
      "null",
      "1.10",
      "~",
      "- a",
      "&a",
      "*a",
      "!a",
      "2026-01-02",
      "0x1F",
      "<<",
      "a\\",
    ),
  )
  .map((raw) => raw.replaceAll("\u0000", ""));
const texts = fc.array(text, { minLength: 1, maxLength: 8 });

const number = fc.oneof(fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true })).map((n) => n + 0);
const value = fc.oneof(
  text,
  number,
  fc.boolean(),
  fc.array(fc.oneof(text, number), { maxLength: 4 }),
  fc.dictionary(text, fc.oneof(text, number, fc.boolean(), fc.constant(null)), { maxKeys: 4 }),
);

function settingsOf(values: readonly SettingValue[], secret = false): ExportedSetting[] {
  return values.map((one, at) => {
    const asText = typeof one === "string" ? one : JSON.stringify(one);
    return { name: `S${at}_X`, value: one, text: asText, secret, where: "test" };
  });
}

const OPTIONS = { project: "shop", environment: "staging" };
const written = (format: ExportFormat, settings: readonly ExportedSetting[]) =>
  exportSettings(format, settings, OPTIONS);
const textsOf = (settings: readonly ExportedSetting[]): Values =>
  Object.fromEntries(settings.map((setting) => [setting.name, setting.text]));
const valuesOf = (settings: readonly ExportedSetting[]): Values =>
  Object.fromEntries(settings.map((setting) => [setting.name, setting.value]));

function layerValues({ entries, problems }: ReturnType<typeof parseDotenv>): Values {
  expect(problems).toEqual([]);
  return Object.fromEntries(entries.map((entry) => [entry.name, entry.value]));
}

describe("dotenv", () => {
  const ours = (file: string): Values => layerValues(parseDotenv(file, ".env"));

  test("our own reader reads every value, and takes no part of it for a reference", () => {
    const law = fc.property(texts, (values) => {
      const settings = settingsOf(values);
      const file = written("dotenv", settings);
      expect(ours(file)).toEqual(textsOf(settings));
      for (const entry of parseDotenv(file, ".env").entries) {
        expect(entry.interpolated && entry.text.includes("${")).toBe(false);
      }
    });
    fc.assert(law, { numRuns: 1000 });
  });

  test("what any writing says to all three readers alike, ours says to all three", () => {
    const quoted = (one: string) => [
      one,
      `'${one}'`,
      `"${one}"`,
      `\`${one}\``,
      `"${one.replaceAll("\r", "\\r")}"`,
    ];
    const readers = [ours, dotenv.parse, parseEnv as (file: string) => Values];
    const reads = (file: string, one: string) => {
      const { problems, entries } = parseDotenv(file, ".env");
      const isReference = entries[0]?.interpolated && entries[0].text.includes("${");
      return problems.length === 0 && !isReference && readers.every((read) => read(file).S0_X === one);
    };
    let expressible = 0;
    const law = fc.property(text, (one) => {
      // The dotenv package takes Unicode's line ends for some of its own; whether all agree is luck then.
      if (/[\u2028\u2029]/.test(one)) return;
      if (!quoted(one).some((writing) => reads(`S0_X=${writing}\nZ=1\n`, one))) return;
      expressible++;
      const file = `${written("dotenv", settingsOf([one]))}Z=1\n`;
      expect({ file, agreed: reads(file, one) }).toEqual({ file, agreed: true });
    });
    fc.assert(law, { numRuns: 2000 });
    expect(expressible).toBeGreaterThan(500);
  });
});

describe.each([
  ["json", JSON.parse, parseJsonLayer],
  ["yaml", (file: string) => parseYaml(file), parseYamlLayer],
  ["yaml", (file: string) => parseYaml(file, { version: "1.1" }), parseYamlLayer],
] as const)("%s", (format, parse, parseLayer) => {
  test("its parser and our layer reader read every value with its type", () => {
    const law = fc.property(fc.array(value, { maxLength: 6 }), (values) => {
      const settings = settingsOf(values);
      const file = written(format, settings);
      expect(parse(file)).toEqual(valuesOf(settings));
      const layer = parseLayer(file, "layer", () => true);
      expect(layerValues(layer)).toEqual(valuesOf(settings));
    });
    fc.assert(law, { numRuns: 150 });
  });
});

test("shell: a real one has every value after eval", () => {
  const values = fc.sample(text, 500);
  const settings = settingsOf(values);
  const names = settings.map(({ name }) => `"$${name}"`).join(" ");
  const script = `eval "$(cat <<'END_OF_EXPORT'\n${written("shell", settings)}END_OF_EXPORT\n)"\nprintf '%s\\0' ${names}\n`;
  const ran = spawnSync("sh", ["-s"], { input: script, encoding: "utf8" });
  expect(ran.stderr).toBe("");
  expect(ran.stdout.split("\0").slice(0, -1)).toEqual(values);
});

/** As docker/cli reads an env file: lines by bufio.ScanLines, blank ones and comments skipped, cut at the first `=`. */
function readDockerFile(file: string): Values {
  const lines = file.split("\n").map((line) => line.replace(/\r$/, "").trimStart());
  const pairs = lines.filter((line) => line !== "" && !line.startsWith("#"));
  return Object.fromEntries(
    pairs.map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]),
  );
}

test("docker: what it takes arrives, what it can't take is refused", () => {
  const law = fc.property(text, (one) => {
    const settings = settingsOf([one, "behind"]);
    const file = settings.map((setting) => `${setting.name}=${setting.text}\n`).join("");
    const arrives = Object.is(readDockerFile(file).S0_X, one);
    if (arrives && !one.includes("\n"))
      expect(readDockerFile(written("docker", settings))).toEqual(textsOf(settings));
    else
      expect(() => written("docker", settings)).toThrow(
        expect.objectContaining({ code: "CONFIG_INEXPRESSIBLE" }),
      );
  });
  fc.assert(law, { numRuns: 500 });
});

test("kubernetes: the ConfigMap has the plain values, the Secret the secret ones", () => {
  const law = fc.property(texts, texts, (plain, secret) => {
    const settings = [
      ...settingsOf(plain),
      ...settingsOf(secret, true).map((setting) => ({ ...setting, name: `T_${setting.name}` })),
    ];
    const documents = parseAllDocuments(written("kubernetes", settings), { version: "1.1" });
    const [map, hidden] = documents.map((document) => document.toJS());
    expect([map.kind, hidden.kind, documents.length]).toEqual(["ConfigMap", "Secret", 2]);
    expect(map.data).toEqual(textsOf(settings.filter((setting) => !setting.secret)));
    const decoded = Object.entries(hidden.data as Record<string, string>).map(([name, data]) => [
      name,
      Buffer.from(data, "base64").toString(),
    ]);
    expect(Object.fromEntries(decoded)).toEqual(textsOf(settings.filter((setting) => setting.secret)));
  });
  fc.assert(law, { numRuns: 100 });
});

test("ecs: plain values arrive", () => {
  const law = fc.property(texts, (values) => {
    const settings = settingsOf(values);
    const { environment } = JSON.parse(written("ecs", settings)) as {
      environment: { name: string; value: string }[];
    };
    expect(Object.fromEntries(environment.map((one) => [one.name, one.value]))).toEqual(textsOf(settings));
  });
  fc.assert(law);
});

/** As the runner reads the file: `NAME=value`, or `NAME<<DELIMITER` and lines up to the delimiter alone. */
function readGithubFile(file: string): Values {
  const values: Record<string, string> = {};
  const lines = file.split("\n");
  expect(lines.pop()).toBe("");
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at]!;
    const equals = line.indexOf("=");
    const heredoc = line.indexOf("<<");
    if (equals >= 0 && (heredoc < 0 || equals < heredoc))
      values[line.slice(0, equals)] = line.slice(equals + 1);
    else {
      const end = lines.indexOf(line.slice(heredoc + 2), at + 1);
      values[line.slice(0, heredoc)] = lines.slice(at + 1, end).join("\n");
      at = end;
    }
  }
  return values;
}

test("github: the runner reads every value, and masks decode to the secrets", () => {
  const law = fc.property(texts, (values) => {
    const settings = settingsOf(values, true);
    expect(readGithubFile(written("github", settings))).toEqual(textsOf(settings));
    const masks = written("github-mask", settings)
      .split("\n")
      .slice(0, -1)
      .map((line) => line.replace(/^::add-mask::/, ""))
      .map((data) => data.replaceAll("%0D", "\r").replaceAll("%0A", "\n").replaceAll("%25", "%"));
    expect(masks).toEqual(values.filter((one) => one.trim() !== ""));
  });
  fc.assert(law, { numRuns: 500 });
});

/** A quoted HCL text without templates (HCL native syntax, "Template Expressions"). */
function readHclText(literal: string): string {
  const body = literal.slice(1, -1);
  expect(body).not.toMatch(/[\n\r]|(?<!\$)\$\{|(?<!%)%\{/);
  return body.replace(/\\u([0-9a-f]{4})|\\(.)|\$\$\{|%%\{/g, (part, code?: string, letter?: string) => {
    if (code) return String.fromCharCode(Number.parseInt(code, 16));
    if (letter) return ({ n: "\n", r: "\r", t: "\t" } as Record<string, string>)[letter] ?? letter;
    return part.slice(1);
  });
}

test("tfvars: a text is a literal that begins no template", () => {
  const law = fc.property(text, (one) => {
    const line = written("tfvars", settingsOf([one]));
    expect(line).toMatch(/^s0_x = ".*"\n$/s);
    expect(readHclText(line.slice("s0_x = ".length, -1))).toBe(one);
  });
  fc.assert(law, { numRuns: 500 });
});
