/** What belongs to one environment alone, and the exceptions from that: their shapes in the manifest, and what is made of them. */
import * as z from "zod";
import { cronSlots } from "./cron.ts";
import type { FindingDraft } from "./finding-list.ts";
import { FORMATS, type Format } from "./manifest-formats.ts";
import {
  type DeclaredResource,
  type EnvironmentFolder,
  type IsolationException,
  RESOURCE_KINDS,
} from "./resource.ts";
import { isCidr } from "./setting-network.ts";
import { entriesAt, placeOf, type SourceNode, textsAt } from "./source-tree.ts";

const word = (format: Format) => z.string().regex(format.pattern);
const texts = z.array(z.string().min(1));
/** Nobody else reads what lies in an environment's folders, unless told. */
const USUAL_MODE = "0700";

/** What stands under `folders`. */
export const foldersSchema = z.record(
  word(FORMATS.name),
  z.union([
    word(FORMATS.folder),
    z.strictObject({
      path: word(FORMATS.folder).describe("Relative to the project, or absolute."),
      mode: word(FORMATS.mode)
        .optional()
        .describe(`Permissions in octal digits; "${USUAL_MODE}" where left out.`),
    }),
  ]),
);

/** What stands under `resources`. */
export const resourcesSchema = z.strictObject({
  databases: texts.optional().describe("Connection strings without a password, or names of databases."),
  buckets: texts.optional().describe("Names or URLs of buckets."),
  queues: texts.optional().describe("Names, URLs or ARNs of queues and topics."),
  webhooks: texts.optional().describe("Paths or URLs on which webhooks arrive."),
  hosts: texts
    .optional()
    .describe("Machines and services that no other environment may lead to; * is allowed."),
  logs: texts.optional().describe("Log files."),
  networks: texts.optional().describe("Networks in CIDR notation."),
  firewall: texts.optional().describe("Ids of firewall rules and security groups."),
  serviceAccounts: texts.optional().describe("Accounts that its services act as."),
  cron: z
    .record(z.string().regex(/^[A-Za-z0-9_-]+$/), z.string().min(1))
    .optional()
    .describe("Slots of jobs that must run alone, by name: five fields as in crontab."),
});

const common = {
  between: z.tuple([z.string(), z.string()]).describe("The two environments."),
  reason: z.string().min(1).describe("Why it is right."),
  until: word(FORMATS.day).describe("The last day on which it counts."),
};

/** What stands under `isolation.allow`. */
export const exceptionsSchema = z.array(
  z.union([
    z.strictObject({
      ...common,
      setting: word(FORMATS.variable).describe("The setting that both may share."),
    }),
    z.strictObject({
      ...common,
      resource: word(FORMATS.resource).describe("The resource that both may share."),
    }),
  ]),
);

/** The folders of an environment of a manifest without mistakes. */
export function foldersOf(
  folders: z.output<typeof foldersSchema>,
  root: SourceNode,
  environment: string,
): EnvironmentFolder[] {
  return Object.entries(folders).map(([name, given]) => {
    const { path, mode = USUAL_MODE } = typeof given === "string" ? { path: given } : given;
    const place = placeOf(root, ["environments", environment, "folders", name]);
    return { name, path, mode: Number.parseInt(mode, 8), place };
  });
}

/** What an environment declares as its own, in the order of the sorts. */
export function resourcesOf(root: SourceNode, environment: string): DeclaredResource[] {
  const at = ["environments", environment, "resources"];
  const listed = RESOURCE_KINDS.flatMap((kind) =>
    textsAt(root, ...at, kind).map(({ text, place }) => ({ kind, name: kind, text, place })),
  );
  const slots = entriesAt(root, ...at, "cron").flatMap(([job, { keyPlace }]) =>
    textsAt(root, ...at, "cron", job).map(({ text }) => ({
      kind: "cron" as const,
      name: `cron.${job}`,
      text,
      place: keyPlace,
    })),
  );
  return [...listed, ...slots];
}

/** The exceptions of a manifest without mistakes. */
export function exceptionsOf(
  allowed: z.output<typeof exceptionsSchema>,
  root: SourceNode,
): IsolationException[] {
  return allowed.map((given, index) => ({
    between: given.between,
    subject: "setting" in given ? given.setting : given.resource,
    reason: given.reason,
    until: given.until,
    place: placeOf(root, ["isolation", "allow", index]),
  }));
}

/** Texts that are not what their sort says. */
export function* resourceFindings(root: SourceNode): Iterable<FindingDraft> {
  const code = "MANIFEST_VALUE";
  for (const [environment] of entriesAt(root, "environments")) {
    for (const { kind, text, place } of resourcesOf(root, environment)) {
      if (kind === "networks" && !isCidr(text)) {
        const fix = "write one like 10.1.0.0/16, the bits behind the prefix zero";
        yield { code, place, why: `${JSON.stringify(text)} is no network in CIDR notation`, fix };
      }
      if (kind === "cron" && cronSlots(text) === undefined) {
        const fix = 'write one like "0 3 * * *": minute, hour, day of the month, month, day of the week';
        yield { code, place, why: `${JSON.stringify(text)} is no schedule of five fields`, fix };
      }
    }
  }
}
