/** Pages of `init` and `eject`. */
import type { EjectView, InitView } from "../../contract/project.ts";
import { styled, table } from "../style.ts";

const many = (count: number, noun: string) => `${count} ${noun}${count === 1 ? "" : "s"}`;

function countsText(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts)
    .map(([word, count]) => `${count} ${word}`)
    .join(", ");
}

function layersText({ layers }: InitView): string {
  const rows = layers.map(({ path, optional, only, dialect, files }) => [
    `${path}${optional ? "?" : ""}`,
    [
      only && `only ${only.join(", ")}`,
      dialect !== "ringfence" && `dialect ${dialect}`,
      many(files.length, "file"),
    ]
      .filter(Boolean)
      .join(", "),
  ]);
  return table(["layer", "is"], rows);
}

function proofText({ environments, reader, followed }: InitView): string {
  const lines = environments.map(({ name, settings, errors, warnings, certain, kind }) => {
    const count = Object.values(errors).reduce((sum, one) => sum + one, 0);
    const check = [
      count > 0 && `${many(count, "error")}: ${countsText(errors)}`,
      warnings > 0 && many(warnings, "warning"),
    ]
      .filter(Boolean)
      .join("; ");
    const unsure = certain ? "" : `; its name tells no kind, so it is ${kind}`;
    const same = `${name}: ${many(settings, "setting")}, the same values as before${unsure}`;
    const says =
      check === "" ? "" : `\n      ${styled(count > 0 ? "yellow" : "dim", `config check will say ${check}`)}`;
    return `  ${styled("green", "✓")} ${same}${says}`;
  });
  const who = reader === "compose" ? "Docker Compose" : "the dotenv package";
  const why = followed ? `, with dotenv-expand, because ${followed.name} refers to ${followed.to}` : "";
  const how = reader === null ? "" : `, with .env files as ${who} reads them${why}`;
  return [styled("bold", `Proven${how}`), ...lines].join("\n");
}

export function renderInit(view: InitView): string {
  const { manifest, written, text, settings, leftOut, next } = view;
  const head = written
    ? `${styled("green", "written")} ${manifest}`
    : `${styled("yellow", "would write")} ${manifest}\n\n${text.trimEnd()}`;
  const undeclared = settings.undeclared.map(
    ({ name, why }) => `  ${styled("yellow", "!")} ${name} is not declared: ${why}`,
  );
  return [
    head,
    layersText(view),
    [
      `${many(settings.declared, "setting")} declared, ${settings.secrets} of them secret: ${countsText(settings.types)}`,
      ...undeclared,
    ].join("\n"),
    proofText(view),
    ...(leftOut.length === 0
      ? []
      : [[styled("bold", "No layer"), ...leftOut.map(({ path, why }) => `  ${path}: ${why}`)].join("\n")]),
    [styled("bold", "Next"), ...next.map((line) => `  ${line}`)].join("\n"),
  ].join("\n\n");
}

export function renderEject({ folder, files }: EjectView): string {
  const rows = files.map(({ path, environment, settings, secretsLeftOut }) => [
    path,
    environment,
    String(settings),
    secretsLeftOut.length === 0 ? "none" : secretsLeftOut.join(", "),
  ]);
  return `${table(["file", "environment", "settings", "secrets left out"], rows)}\n\n${styled("dim", `${folder}/README.md says how to use them, and how to remove Ringfence`)}`;
}
