/**
 * Live probes: every set credential of a known format is shown to its vendor, by the most harmless request that there
 * is. Only where the flag asks for it, and never by `run`.
 */
import { answerEach } from "../../base/answering.ts";
import { formatPlace } from "../../base/place.ts";
import {
  canProbe,
  type ProbeRequest,
  type ProbeVerdict,
  probesOf,
  verdictOf,
} from "../../model/credential-probe.ts";
import type { Finding } from "../../model/finding.ts";
import type { Environment } from "../../model/project.ts";
import type { ResolvedSetting, SettingDeclaration } from "../../model/setting.ts";
import { type FormatName, formatMistake, VALUE_FORMATS } from "../../model/value-format.ts";
import type { Prober } from "../../ports/probe.ts";
import { type Program, type ProgramTrust, probeProgram, whyUntrusted } from "../../trust/index.ts";
import { TRUST_FIX } from "../trust/programs.ts";

/** Settings that are asked about at the same time. */
const AT_ONCE = 8;

/** One setting that can be asked about. */
interface Probed {
  readonly setting: ResolvedSetting;
  readonly format: FormatName;
  readonly requests: readonly ProbeRequest[];
  /** Why the address may not be asked: the project names it, and nobody here has trusted it. */
  readonly untrusted: string | undefined;
}

export interface ProbeOptions {
  readonly prober: Prober;
  /** For one setting, in milliseconds. */
  readonly timeoutMs: number;
  /** Says who is asked about what, before it is asked. */
  readonly tell: (text: string) => void;
  /** Whether addresses of the project's own are trusted on this machine. Asked only where there are some. */
  readonly trustIn: (programs: readonly Program[]) => readonly ProgramTrust[];
}

function whyNot(declaration: SettingDeclaration, { trustIn }: ProbeOptions): string | undefined {
  const address = probeProgram(declaration);
  const [known] = address ? trustIn([address]) : [];
  if (!known || known.trust.state === "trusted") return undefined;
  return `nothing was sent: ${known.content.name} ${whyUntrusted(known.trust)}`;
}

/** Settings with a format that somebody can be asked about, unless their declaration says otherwise. */
function probedIn(settings: Iterable<ResolvedSetting>, options: ProbeOptions): Probed[] {
  return [...settings].flatMap((setting): Probed[] => {
    const { declaration, text, set, sealed } = setting;
    const { format, probe } = declaration ?? {};
    if (format === undefined || probe === false || !canProbe(format) || !set) return [];
    // What does not fit its format is somebody else's, and is shown to nobody.
    if (!sealed && (text === "" || formatMistake(format, text) !== undefined)) return [];
    const untrusted = whyNot(declaration!, options);
    const requests = sealed || untrusted !== undefined ? [] : probesOf(format, text, probe);
    return [{ setting, format, requests, untrusted }];
  });
}

function hostOf(request: ProbeRequest): string {
  return request.kind === "http" ? new URL(request.url).host : `${request.host}:${request.port}`;
}

async function verdictFor(
  { setting, format, requests, untrusted }: Probed,
  options: ProbeOptions,
): Promise<ProbeVerdict> {
  if (untrusted !== undefined) return { kind: "unknown", why: untrusted };
  if (setting.sealed) return { kind: "unknown", why: "its value is not known here" };
  const signal = AbortSignal.timeout(options.timeoutMs);
  let verdict: ProbeVerdict = { kind: "unknown", why: "it names no host that could be asked" };
  for (const request of requests) {
    verdict = verdictOf(format, await options.prober.ask(request, signal));
    if (verdict.kind === "ok") break;
  }
  return verdict;
}

function findingOf(environment: Environment, probed: Probed, verdict: ProbeVerdict): Finding[] {
  const { setting, format, requests, untrusted } = probed;
  const { name, declaration, history, sealed } = setting;
  if (verdict.kind === "ok") return [];
  const code = verdict.kind === "refused" ? "SECURITY_PROBE_REFUSED" : "SECURITY_PROBE_UNKNOWN";
  if (Object.hasOwn(declaration?.allow ?? {}, code)) return [];
  const winner = history.find(({ wins }) => wins);
  const about = { code, setting: name, where: winner ? formatPlace(winner.place) : name };
  const hosts = requests.map(hostOf).join(", ");
  if (verdict.kind === "refused") {
    const why = `${name} is refused by ${hosts}: ${verdict.why}`;
    const fix = `printf %s "$VALUE" | ringfence secret set ${name} -e ${environment.name}   # a ${VALUE_FORMATS[format].noun} that still works`;
    return [{ ...about, severity: "error", why, fix }];
  }
  const asked = hosts === "" ? "" : ` after asking ${hosts}`;
  const again = `ringfence config check -e ${environment.name} --probe${sealed ? " --resolve" : ""}`;
  return [
    {
      ...about,
      severity: "warning",
      why: `whether ${name} works is unknown${asked}: ${verdict.why}`,
      fix: untrusted === undefined ? `${again}   # or probe: false in its declaration` : TRUST_FIX,
    },
  ];
}

/** Asks about each setting, and says what is not known to be good. Nothing of a value or an answer is in it. */
export async function probeFindings(
  environment: Environment,
  settings: Iterable<ResolvedSetting>,
  options: ProbeOptions,
): Promise<Finding[]> {
  const probed = probedIn(settings, options);
  for (const { setting, requests } of probed)
    if (requests.length > 0)
      options.tell(`asking ${requests.map(hostOf).join(", ")} about ${setting.name} of ${environment.name}`);
  const answers = await answerEach(probed, AT_ONCE, async (one) =>
    findingOf(environment, one, await verdictFor(one, options)),
  );
  return answers.flat();
}
