/** A project with secrets planted wherever one may lie, whole or broken; and what finds them in any output. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { encodingsOf } from "../../src/base/redact.ts";
import { type CliScene, openCliScene } from "./cli-scene.ts";

/** Values by the name of their setting: what a scrubber knows, too short for one, over several lines, full of signs. */
export const PLANTED = {
  PASSWORD: "Planted.pass+word=1/x",
  AWKWARD: "Plänted \"double\" and 'single' \\ back $dollar #hash %41 <a&b> 😀",
  SIGNING_KEY: "-----BEGIN KEY-----\nPlantedFirstLine\nPlantedSecondLineQ==\n-----END KEY-----",
  SHORT: "zQ7!x",
  NUMBER: "PlantedNoNumber",
  DOCUMENT: '{"user":"app","password":"Planted-in-json"}',
  TOKEN: "Planted-token-that-stands-in-no-layer",
} as const;

export type PlantedName = keyof typeof PLANTED;

const NAMES = Object.keys(PLANTED) as PlantedName[];

/** What of each value must not be seen: the value, its lines, and both in every encoding. */
const FORMS = NAMES.map((name) => {
  const value = PLANTED[name];
  const inner = name === "DOCUMENT" ? ["Planted-in-json"] : [];
  const lines = value.split("\n").filter((line) => line.includes("Planted"));
  const parts = [value, ...lines, ...inner];
  return { name, forms: [...new Set(parts.flatMap((part) => [part, ...encodingsOf(part)]))] };
});

/** The names of the values that the text shows, in whichever form. */
export function plantedIn(text: string, except: readonly PlantedName[] = []): PlantedName[] {
  return FORMS.filter(({ name }) => !except.includes(name))
    .filter(({ forms }) => forms.some((form) => text.includes(form)))
    .map(({ name }) => name);
}

const RULES = `rules:
  - { require: 'PASSWORD != "${PLANTED.PASSWORD}"' }
  - { require: "PASSWORD == '${PLANTED.PASSWORD}' && NUMBER > 3" }
  - { require: 'TOKEN + "${PLANTED.TOKEN}"' }
  - { require: 'TOKN == "${PLANTED.TOKEN}"' }
  - { require: 'TOKEN == "${PLANTED.TOKEN}' }
`;

export const MANIFEST = `project: shop
# the old password was ${PLANTED.PASSWORD}
environments:
  development: { ports: { api: 4101 } }
  staging: { ports: { api: 4201 } }
  production: { ports: { api: 4301 } }
layers:
  - "config/{env}.env?"
  - { path: "config/{env}.node.env", dialect: node, optional: true }
  - { path: "config/{env}.package.env", dialect: dotenv, optional: true }
  - "config/{env}.yaml?"
  - "config/{env}.json?"
  - "config/{env}.toml?"
  - "config/{env}.tfvars?"
settings:
  LEVEL: { type: enum, values: [DEBUG, INFO], default: INFO }
  LIMIT: { type: integer, default: 1 }
  NOTE: { default: none }
  DATABASE_URL: { type: url, required: true }
  PASSWORD: { secret: true, required: true }
  AWKWARD: { secret: true }
  SIGNING_KEY: { secret: true }
  SHORT: { secret: true }
  NUMBER: { type: integer, secret: true }
  DOCUMENT: { type: object, secret: true }
  TOKEN: { secret: true }
${RULES}expect:
  all: { PASSWORD: "${PLANTED.PASSWORD}", TOKEN: { matches: "${PLANTED.TOKEN}" } }
services:
  api: { entry: src/api.ts, health: { live: /healthz, ready: /readyz } }
pipeline:
  development: {}
  staging: { after: development }
  production: { after: staging }
`;

type Files = Readonly<Record<string, string>>;

const { PASSWORD, AWKWARD, SIGNING_KEY, NUMBER } = PLANTED;
const lines = (...all: string[]) => `${all.join("\n")}\n`;

/** By a layer's ending. What puts secrets together, and comments: plain layers that hold none as a value. */
const REFERENCES: Files = {
  env: lines(
    `# was ${PASSWORD}`,
    `DATABASE_URL=postgres://shop:\${PASSWORD}@db.shop.test/shop # ${PASSWORD}`,
    `COMPOSED="a \${AWKWARD} b \${SIGNING_KEY} c \${SHORT}"`,
    `LIMIT=\${NUMBER}`,
  ),
};

/** Plain layers that hold secrets under names that the manifest declares as secret. */
export const DECLARED: Files = {
  yaml: lines(
    `# ${PASSWORD}`,
    `PASSWORD: ${PASSWORD}`,
    `AWKWARD: ${JSON.stringify(AWKWARD)}`,
    "SIGNING_KEY: |",
    ...SIGNING_KEY.split("\n").map((line) => `  ${line}`),
    `SHORT: ${PLANTED.SHORT}`,
    `NUMBER: ${NUMBER}`,
  ),
  json: JSON.stringify({ PASSWORD, AWKWARD, SIGNING_KEY, NUMBER }),
  toml: lines(`PASSWORD = ${JSON.stringify(PASSWORD)} # ${PASSWORD}`, `SIGNING_KEY = """${SIGNING_KEY}"""`),
  tfvars: lines(`PASSWORD = ${JSON.stringify(PASSWORD)}`, "SIGNING_KEY = <<EOT", SIGNING_KEY, "EOT"),
  "node.env": lines(`PASSWORD='${PASSWORD}'`, `SIGNING_KEY="${SIGNING_KEY}"`),
  "package.env": lines(`PASSWORD=\`${PASSWORD}\``, `NUMBER=${NUMBER}`),
};

/** Copies of secrets under other names: only who can open the secrets can tell that they are any. */
export const COPIES: Files = {
  env: lines(
    `DATABASE_URL=postgres://shop:${encodeURIComponent(PASSWORD)}@db.shop.test/shop`,
    `COPY='${PASSWORD}'`,
    `QUOTED="${SIGNING_KEY}"`,
    `LIMIT=${NUMBER}`,
    `LEVEL=${NUMBER}`,
    `NOTE=\${COPY:-${PASSWORD}}`,
    `BROKEN=\${MISSING:?${PASSWORD}}`,
    `UNFINISHED=\${${PASSWORD}`,
  ),
  "node.env": lines(`NODE_COPY='${PASSWORD}'`, `NODE_KEY="${SIGNING_KEY}"`),
  "package.env": lines(`PACKAGE_COPY=\`${PASSWORD}\``),
  yaml: lines(`YAML_COPY: ${JSON.stringify(AWKWARD)}`, `LIST: [a, ${PASSWORD}]`),
  json: JSON.stringify({ JSON_COPY: AWKWARD, nested: { key: SIGNING_KEY } }),
  toml: lines(`TOML_COPY = ${JSON.stringify(AWKWARD)}`),
  tfvars: lines(`tfvars_copy = ${JSON.stringify(AWKWARD)}`),
};

/** Each format with a mistake exactly where the secret is. */
export const BROKEN: Files = {
  env: lines(
    `PASSWORD="${PASSWORD}"${PASSWORD}`,
    `${PASSWORD} = nothing`,
    `NUMBER=${NUMBER}`,
    `SHORT='${PLANTED.SHORT}`,
    SIGNING_KEY,
  ),
  "node.env": lines(`PASSWORD="${PASSWORD}`, `TOKEN=\`${PLANTED.TOKEN}`),
  "package.env": lines(`PASSWORD='${PASSWORD}`, `${PASSWORD}`, PLANTED.AWKWARD),
  yaml: lines(
    `PASSWORD: *${PASSWORD}`,
    `TOKEN: !${PLANTED.TOKEN} a`,
    `AWKWARD: "${AWKWARD}"`,
    `NUMBER: &${NUMBER} [`,
    `SHORT: @${PLANTED.SHORT}`,
  ),
  json: `{ "PASSWORD": "${PASSWORD}" ${PASSWORD}, "AWKWARD": ${AWKWARD}`,
  toml: lines(`PASSWORD = ${PASSWORD}`, `TOKEN = "${PLANTED.TOKEN}`, `AWKWARD = ${AWKWARD}`),
  tfvars: lines(`PASSWORD = ${PASSWORD}`, `TOKEN = "${PLANTED.TOKEN}`, `NUMBER = upper("${NUMBER}")`),
};

/** Manifests with the secret at the point of a mistake. */
export const BAD_MANIFESTS: Readonly<Record<string, (manifest: string) => string>> = {
  "the default of a secret": (text) =>
    text.replace("PASSWORD: { secret: true,", `PASSWORD: { secret: true, default: "${PASSWORD}",`),
  "the default of a secret, where another thing is wrong": (text) =>
    text.replace(
      "NUMBER: { type: integer,",
      `NUMBER: { type: integer, min: many, default: "${NUMBER}", in: { production: { default: ${NUMBER} } },`,
    ),
  "the value instead of a declaration": (text) =>
    text.replace("TOKEN: { secret: true }", `TOKEN: "${PLANTED.TOKEN}"`),
  "the value as type": (text) =>
    text.replace("TOKEN: { secret: true }", `TOKEN: { secret: true, type: "${PLANTED.TOKEN}" }`),
  "the value as secret": (text) =>
    text.replace("TOKEN: { secret: true }", `TOKEN: { secret: "${PLANTED.TOKEN}" }`),
  "the value as example and bound": (text) =>
    text.replace("TOKEN: { secret: true }", `TOKEN: { secret: true, min: "${PLANTED.TOKEN}", values: [] }`),
  "the value as a policy": (text) =>
    text.replace("TOKEN: { secret: true }", `TOKEN: { secret: true, required: ["${PLANTED.TOKEN}"] }`),
  "an expectation of a wrong shape": (text) =>
    text.replace(`PASSWORD: "${PASSWORD}"`, `PASSWORD: { is: a, min: ["${PASSWORD}"], set: "${PASSWORD}" }`),
  "settings that are no declarations": (text) =>
    text.replace(/settings:\n(?: {2}.*\n)*/, `settings:\n  - PASSWORD=${PASSWORD}\n`),
  "a rule that is a text": (text) => text.replace("rules:\n", `rules:\n  - PASSWORD == "${PASSWORD}"\n`),
  "broken YAML": (text) =>
    text.replace("TOKEN: { secret: true }", `TOKEN: { secret: true, doc: "${PLANTED.TOKEN} }`),
  "an alias": (text) =>
    text.replace("TOKEN: { secret: true }", `TOKEN: { secret: true, doc: *${PLANTED.TOKEN} }`),
  "a tag": (text) =>
    text.replace("TOKEN: { secret: true }", `TOKEN: { secret: true, doc: !${PLANTED.TOKEN} a }`),
};

const ENDINGS = [...new Set([DECLARED, COPIES, BROKEN].flatMap((files) => Object.keys(files)))];

export interface PlantedScene extends CliScene {
  /** Replaces an environment's plain layers; without any, they only refer to secrets. */
  layers(environment: string, files: Files): void;
  readonly identity: string;
  /** An operation that was refused, and one that is there for every look. */
  readonly operation: string;
}

/** The project with its secrets set and a release; its plain layers only refer to secrets. */
export function openPlantedScene(): PlantedScene {
  const scene = openCliScene(MANIFEST.replace(RULES, ""));
  const layers = (environment: string, files: Files) => {
    const all: Files = { ...REFERENCES, ...files };
    for (const ending of ENDINGS) {
      scene.write(`config/${environment}.${ending}`, all[ending] ?? (ending === "json" ? "{}\n" : ""));
    }
  };
  scene.write(".gitignore", "home/\n.ringfence/\n");
  scene.write("src/api.ts", 'process.stdout.write("never started");\n');
  layers("development", {});
  scene.git("init", "-q");
  scene.must(["me", "init", "--name", "ada"]);
  scene.must(["identity", "create", "-e", "development"]);
  scene.must(["identity", "create", "-e", "production"]);
  for (const name of NAMES) scene.must(["secret", "set", name, "-e", "development"], PLANTED[name]);
  scene.must(["secret", "set", "PASSWORD", "-e", "production"], PASSWORD);
  scene.git("add", "-A");
  scene.git("commit", "-q", "-m", "first");
  scene.must(["release", "create", "1.0.0"]);
  scene.run(["promote", "1.0.0", "--to", "staging"]);
  scene.write("ringfence.yaml", `${scene.read("ringfence.yaml")}${RULES}`);
  const [latest] = JSON.parse(scene.must(["operation", "list", "--json"]).stdout);
  return {
    ...scene,
    layers,
    operation: latest.id,
    identity: join(scene.home, "identities", "shop", "development.txt"),
  };
}

/** Every file below a folder, as text. */
export function textsBelow(folder: string): { readonly path: string; readonly text: string }[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => ({ path, text: readFileSync(path, "utf8") }));
}
