/**
 * Gates on the way into a stage. Each is pure, says why it is open or shut and what opens it; what can't be
 * known is unknown and keeps the gate from being open.
 */
import { verifyMessage } from "../base/ed25519.ts";
import { formatPlace } from "../base/place.ts";
import type { Quarantine, Verification } from "../model/deployment.ts";
import type { Finding } from "../model/finding.ts";
import type { Gate } from "../model/gate.ts";
import { type Approval, approvalStatement, type Plan } from "../model/operation.ts";
import type { Environment, Person, Project } from "../model/project.ts";

function open(name: string, why: string): Gate {
  return { name, state: "open", why, opens: null };
}

function shut(name: string, why: string, opens: string): Gate {
  return { name, state: "shut", why, opens };
}

/** The release ran, healthy to the end of its rollout, in every stage that stands before this one. */
export function upstreamGate(
  project: Project,
  environment: Environment,
  release: { readonly version: string; readonly digest: string },
  verifications: readonly Verification[],
): Gate {
  const stage = project.pipeline.find((candidate) => candidate.environment === environment.name);
  if (!stage) return open("upstream", `${environment.name} is no stage of the pipeline`);
  if (stage.after.length === 0) return open("upstream", `${environment.name} is the pipeline's first stage`);
  const seen = (name: string) =>
    verifications.find((one) => one.environment === name && one.release === release.digest);
  const missing = stage.after.filter((name) => !seen(name));
  if (missing.length === 0) {
    const evidence = stage.after.map(
      (name) => `verified in ${name} at ${seen(name)!.at} (${seen(name)!.operation})`,
    );
    return open("upstream", evidence.join(", "));
  }
  return shut(
    "upstream",
    `${release.version} was not verified in ${missing.join(", ")} (${formatPlace(stage.place)})`,
    missing.map((name) => `ringfence promote ${release.version} --to ${name}`).join("\n"),
  );
}

/** The release is in no quarantine. */
export function quarantineGate(version: string, quarantine: Quarantine | undefined): Gate {
  if (!quarantine) return open("quarantine", `${version} never failed`);
  return shut(
    "quarantine",
    `${version} failed in ${quarantine.environment} at ${quarantine.at} (${quarantine.operation}): ${quarantine.reason}`,
    `ringfence release lift ${version} --reason "<why it may run again>"`,
  );
}

/** The settings that the release would get are complete and right. Sealed secrets make it unknown. */
export function settingsGate(
  environment: string,
  findings: readonly Finding[],
  sealed: readonly string[],
): Gate {
  const errors = findings.filter((finding) => finding.severity === "error");
  if (errors.length > 0) {
    const list = errors.map((finding) => `${finding.where}: ${finding.why}`).join("; ");
    return shut("settings", `${errors.length} error${errors.length > 1 ? "s" : ""}: ${list}`, errors[0]!.fix);
  }
  if (sealed.length > 0) {
    return {
      name: "settings",
      state: "unknown",
      why: `${sealed.join(", ")} can't be opened here, so nobody knows whether they are right`,
      opens: `run it where the identity of ${environment} lies`,
    };
  }
  return open("settings", "complete, typed and checked");
}

/** Why an approval does not count; undefined when it does. */
function fault(
  approval: Approval,
  plan: Plan,
  author: string,
  role: string | undefined,
  people: readonly Person[],
) {
  const person = people.find((candidate) => candidate.name === approval.person);
  if (!person) return `${approval.person} is not in people:`;
  if (approval.plan !== plan.digest) return `${person.name} approved another plan`;
  if (!verifyMessage(person.key, approvalStatement(plan.digest), approval.signature)) {
    return `the signature of ${person.name} is wrong`;
  }
  if (person.name === author) return `${person.name} is the author`;
  if (role && !person.roles.includes(role)) return `${person.name} has not the role ${role}`;
  return undefined;
}

/** Enough people other than the author signed exactly this plan. Every signature is verified at each look. */
export function approvalsGate(input: {
  readonly environment: Environment;
  readonly operation: string;
  readonly plan: Plan;
  readonly author: string;
  readonly approvals: readonly Approval[];
  readonly people: readonly Person[];
}): Gate {
  const { approvals: needed, approverRole: role } = input.environment.policies;
  if (needed === 0) return open("approvals", `${input.environment.name} asks for none`);
  const judged = input.approvals.map((approval) => ({
    approval,
    why: fault(approval, input.plan, input.author, role, input.people),
  }));
  const good = judged.filter(({ why }) => why === undefined).map(({ approval }) => approval.person);
  if (good.length >= needed) return open("approvals", `${good.length} of ${needed}: ${good.join(", ")}`);
  const refused = judged.flatMap(({ why }) => why ?? []);
  const who = role ? `a person with the role ${role}` : "a person";
  const able = input.people.filter(
    ({ name, roles }) => name !== input.author && (!role || roles.includes(role)),
  );
  if (able.length < needed) {
    return shut(
      "approvals",
      `${good.length} of ${needed} given, and ${able.length === 0 ? "nobody else" : `only ${able.length}`} of people: could give one`,
      `${who} other than ${input.author} joins: ringfence me init --name <name>${role ? ` --role ${role}` : ""}`,
    );
  }
  return shut(
    "approvals",
    [`${good.length} of ${needed} given`, ...refused].join("; "),
    `ringfence approve ${input.operation}   # ${who} other than ${input.author}`,
  );
}
