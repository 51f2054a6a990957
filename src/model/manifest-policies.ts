/** Policies in the manifest: their shape, what each key means, and who said what each environment has. */
import * as z from "zod";
import { formatPlace } from "../base/place.ts";
import { FORMATS } from "./manifest-formats.ts";
import { durationMs, logsSchema, type PolicyField, RUN_FIELDS, runSchema } from "./manifest-run-policies.ts";
import type { Policies, PolicyName, PolicySources } from "./policy.ts";
import type { SettingType, SettingValue } from "./setting.ts";
import { nodeAt, placeOf, type SourceNode } from "./source-tree.ts";

const text = z.string().min(1);
const duration = z.string().regex(FORMATS.duration.pattern);
const flag = (meaning: string) => z.boolean().optional().describe(meaning);

/** The shape of `policies:`. */
export const policiesSchema = z
  .strictObject({
    users: text.optional().describe("Who uses it, in words."),
    data: z
      .enum(["synthetic", "sanitised", "real"])
      .optional()
      .describe("Class of the data that may lie there."),
    uptime: z
      .strictObject({
        percent: z.number().gt(0).max(100).optional().describe("Share of the time that it must answer."),
        hours: text.optional().describe("When that counts, in words, such as 24/7."),
      })
      .optional()
      .describe("The availability that is aimed at."),
    debug: flag("Whether debug modes may be on."),
    logLevel: z
      .string()
      .regex(FORMATS.logLevel.pattern)
      .optional()
      .describe("The usual log level: a name that loggers give theirs, in any case."),
    errors: z
      .enum(["detailed", "operational"])
      .optional()
      .describe("detailed shows stack traces; operational a code, the escalation path and the next step."),
    escalation: z.array(text).optional().describe("Who is asked next when something fails, in order."),
    tokenLifetime: duration.optional().describe("Longest life of a token, such as 15m."),
    emailVerification: flag("Whether addresses must be verified."),
    rateLimits: flag("Whether requests are limited."),
    tls: z
      .enum(["required", "optional"])
      .optional()
      .describe("required: addresses must use an encrypted protocol."),
    minKeyLength: z
      .int()
      .min(1)
      .max(4096)
      .optional()
      .describe("Fewest characters of a signing or encryption key."),
    corsWildcard: flag("Whether CORS may allow any origin."),
    externalServices: z
      .enum(["real", "sandbox", "mock"])
      .optional()
      .describe("What stands behind external services."),
    monitoring: z
      .enum(["none", "basic", "full", "alerting"])
      .optional()
      .describe("How closely it is watched."),
    scaling: flag("Whether it scales by itself."),
    backups: z
      .strictObject({ keep: duration.describe("How long, such as 30d.") })
      .optional()
      .describe("The backups that are demanded."),
    deploy: z
      .enum(["manual", "branch", "merge", "push", "approval"])
      .optional()
      .describe("What starts a deployment."),
    approvals: z
      .int()
      .min(0)
      .max(20)
      .optional()
      .describe("People other than the author who must approve a promotion."),
    approverRole: text.optional().describe("Only people with this role may approve."),
    run: runSchema.optional(),
    logs: logsSchema.optional(),
    secrets: z
      .strictObject({
        signed: flag("Secrets files must be signed by one of people."),
        cache: duration
          .optional()
          .describe(
            "How long compiled settings may hold values of other stores; each run asks where left out.",
          ),
        offline: duration
          .optional()
          .describe("How old an earlier answer may be that is used while its store can't be reached."),
        rotate: duration
          .optional()
          .describe("How old secrets may get whose declaration does not say, such as 90d."),
      })
      .optional()
      .describe("What is demanded of secrets files, and how long values of other stores are kept."),
    breakGlass: z
      .strictObject({
        longest: duration.optional().describe("How long an identity is handed out at most, such as 1h."),
        approvals: z
          .int()
          .min(0)
          .max(20)
          .optional()
          .describe("People other than the author who must approve that one is handed out."),
      })
      .optional()
      .describe("Identities that are handed out for a time, in an emergency."),
    settings: z
      .strictObject({ strict: flag("Undeclared settings are errors, not warnings.") })
      .optional()
      .describe("What is demanded of settings."),
    rollout: z
      .strictObject({
        observe: duration
          .optional()
          .describe("How long a new set is watched under traffic before the old one is stopped, such as 5s."),
      })
      .optional()
      .describe("How releases are rolled out."),
  })
  .describe("Overrides of the policies that the kind brings.");

export type PoliciesData = z.output<typeof policiesSchema>;

type Fields = { readonly [K in Exclude<PolicyName, "production">]: PolicyField<PoliciesData, Policies[K]> };

const FIELDS: Fields = {
  users: { path: ["users"], read: ({ users }) => users },
  data: { path: ["data"], read: ({ data }) => data },
  uptimePercent: { path: ["uptime", "percent"], read: ({ uptime }) => uptime?.percent, type: "number" },
  uptimeHours: { path: ["uptime", "hours"], read: ({ uptime }) => uptime?.hours },
  debug: { path: ["debug"], read: ({ debug }) => debug },
  logLevel: { path: ["logLevel"], read: ({ logLevel }) => logLevel },
  errors: { path: ["errors"], read: ({ errors }) => errors },
  escalation: { path: ["escalation"], read: ({ escalation }) => escalation },
  tokenLifetimeMs: {
    path: ["tokenLifetime"],
    read: ({ tokenLifetime }) => durationMs(tokenLifetime),
    type: "duration",
  },
  emailVerification: { path: ["emailVerification"], read: ({ emailVerification }) => emailVerification },
  rateLimits: { path: ["rateLimits"], read: ({ rateLimits }) => rateLimits },
  tls: { path: ["tls"], read: ({ tls }) => tls },
  minKeyLength: { path: ["minKeyLength"], read: ({ minKeyLength }) => minKeyLength },
  corsWildcard: { path: ["corsWildcard"], read: ({ corsWildcard }) => corsWildcard },
  externalServices: { path: ["externalServices"], read: ({ externalServices }) => externalServices },
  monitoring: { path: ["monitoring"], read: ({ monitoring }) => monitoring },
  scaling: { path: ["scaling"], read: ({ scaling }) => scaling },
  backupRetentionMs: {
    path: ["backups", "keep"],
    read: ({ backups }) => durationMs(backups?.keep),
    type: "duration",
  },
  deploy: { path: ["deploy"], read: ({ deploy }) => deploy },
  approvals: { path: ["approvals"], read: ({ approvals }) => approvals },
  approverRole: { path: ["approverRole"], read: ({ approverRole }) => approverRole },
  ...RUN_FIELDS,
  signedSecrets: { path: ["secrets", "signed"], read: ({ secrets }) => secrets?.signed },
  secretsCacheMs: {
    path: ["secrets", "cache"],
    read: ({ secrets }) => durationMs(secrets?.cache),
    type: "duration",
  },
  secretsOfflineMs: {
    path: ["secrets", "offline"],
    read: ({ secrets }) => durationMs(secrets?.offline),
    type: "duration",
  },
  secretsRotateMs: {
    path: ["secrets", "rotate"],
    read: ({ secrets }) => durationMs(secrets?.rotate),
    type: "duration",
  },
  breakGlassLongestMs: {
    path: ["breakGlass", "longest"],
    read: ({ breakGlass }) => durationMs(breakGlass?.longest),
    type: "duration",
  },
  breakGlassApprovals: { path: ["breakGlass", "approvals"], read: ({ breakGlass }) => breakGlass?.approvals },
  strictSettings: { path: ["settings", "strict"], read: ({ settings }) => settings?.strict },
  observeMs: {
    path: ["rollout", "observe"],
    read: ({ rollout }) => durationMs(rollout?.observe),
    type: "duration",
  },
};

/** One place that overrides policies: `["kinds", "edge", "policies"]`, with what stands there. */
export interface PolicyOverride {
  readonly path: readonly string[];
  readonly data: PoliciesData | undefined;
}

/** The policies of an environment with the source of each: its kind's, and the overrides in order. */
export function resolvePolicies(
  kind: { readonly name: string; readonly policies: Policies },
  overrides: readonly PolicyOverride[],
  root: SourceNode,
): { readonly policies: Policies; readonly policySources: PolicySources } {
  const policies: Record<string, unknown> = { ...kind.policies };
  const sources: Record<string, string> = {};
  for (const name of Object.keys(kind.policies)) sources[name] = `kind ${kind.name}`;
  for (const { path, data } of overrides) {
    for (const [name, field] of Object.entries(FIELDS)) {
      const value = data && field.read(data);
      if (value === undefined) continue;
      policies[name] = value;
      const at = [...path, ...field.path];
      sources[name] = formatPlace(nodeAt(root, at) ? placeOf(root, at) : placeOf(root, path));
    }
  }
  return { policies: policies as unknown as Policies, policySources: sources as unknown as PolicySources };
}

/** One policy under the name that the manifest has for it. */
export interface PolicyMember {
  /** Keys under `policies`: `["backups", "keep"]`. */
  readonly path: readonly string[];
  /** Undefined where the value tells it. */
  readonly type: SettingType | undefined;
  /** Durations in milliseconds; undefined where the environment says nothing. */
  readonly value: SettingValue | undefined;
}

/** An environment's policies by the manifest's names, in its order; also those without a value. */
export function policyMembers(policies: Policies): readonly PolicyMember[] {
  return Object.entries(FIELDS).map(([name, { path, type, words }]) => {
    const value = policies[name as PolicyName];
    return { path, type, value: words ? words[value ? 0 : 1] : value };
  });
}
