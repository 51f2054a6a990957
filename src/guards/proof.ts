/** The proof of isolation: every pair of environments with its verdict. What can't be read makes it unknown, never isolated. */
import { formatPlace } from "../base/place.ts";
import type {
  Contamination,
  ExceptionFinding,
  IsolatedPair,
  IsolationProof,
  IsolationVerdict,
  UnknownPart,
} from "../model/isolation.ts";
import type { IsolationException } from "../model/resource.ts";
import type { EnvironmentFacts } from "./claim.ts";
import { type ClaimTools, claimsOf, type EnvironmentClaims } from "./claims.ts";
import { comparePair } from "./pair.ts";

export interface ProofInput extends ClaimTools {
  /** In the manifest's order. */
  readonly environments: readonly EnvironmentFacts[];
  /** Names of the project's services. */
  readonly services: readonly string[];
  readonly exceptions: readonly IsolationException[];
  /** The day on which exceptions are looked at, UTC: `2026-11-21`. */
  readonly today: string;
  /** The manifest's file name, for fixes. */
  readonly manifest: string;
  /** Only pairs with this environment. */
  readonly only?: string | undefined;
}

function isAbout({ between }: IsolationException, a: string, b: string): boolean {
  return between.includes(a) && between.includes(b) && between[0] !== between[1];
}

/** `cron` covers `cron.nightly`, a setting only itself. */
function covers(subject: string, { places }: Contamination): boolean {
  return places.some((place) => place.subject === subject || place.subject.startsWith(`${subject}.`));
}

/** What could not be read, and what stands in another store: two entries there may hold one value. */
function unknownsOf({ facts, claims }: EnvironmentClaims): UnknownPart[] {
  const environment = facts.name;
  const kept = claims
    .filter(({ kind }) => kind === "secret reference")
    .map(({ subject, place }) => ({
      environment,
      subject,
      where: formatPlace(place),
      why: `${subject} is kept in another store, and was not read from there`,
      fix: `ringfence config explain ${subject} -e ${environment}   # compare the entries in the store`,
    }));
  return [...facts.unread.map((part) => ({ environment, ...part })), ...kept];
}

function verdictOf(
  contaminations: readonly Contamination[],
  unknown: readonly UnknownPart[],
): IsolationVerdict {
  if (contaminations.some(({ excused }) => excused === null)) return "contaminated";
  return unknown.length > 0 ? "unknown" : "isolated";
}

class Prover {
  readonly #input: ProofInput;
  readonly #used = new Set<IsolationException>();

  constructor(input: ProofInput) {
    this.#input = input;
  }

  run(): IsolationProof {
    const { environments, services, only } = this.#input;
    const all = environments.map((facts) => claimsOf(facts, services, this.#input));
    const pairs = all
      .flatMap((a, index) => all.slice(index + 1).map((b) => [a, b] as const))
      .filter(([a, b]) => only === undefined || [a.facts.name, b.facts.name].includes(only))
      .map(([a, b]) => this.#pair(a, b));
    const worst = (["contaminated", "unknown"] as const).find((verdict) =>
      pairs.some((pair) => pair.verdict === verdict),
    );
    return {
      verdict: worst ?? "isolated",
      pairs,
      exceptions: this.#exceptions(pairs),
      compared: all.map(({ compared }) => compared),
    };
  }

  #pair(a: EnvironmentClaims, b: EnvironmentClaims): IsolatedPair {
    const { contaminations, notes } = comparePair(a, b, this.#input.manifest);
    const between = [a.facts.name, b.facts.name] as const;
    const judged = contaminations.map((one) => this.#excused(one, between));
    const unknown = [...unknownsOf(a), ...unknownsOf(b)];
    return { between, verdict: verdictOf(judged, unknown), contaminations: judged, unknown, notes };
  }

  #excused(contamination: Contamination, [a, b]: readonly [string, string]): Contamination {
    const fitting = this.#input.exceptions.filter(
      (one) => isAbout(one, a, b) && covers(one.subject, contamination),
    );
    for (const one of fitting) this.#used.add(one);
    const valid = fitting.find(({ until }) => until >= this.#input.today);
    if (!valid) return contamination;
    const { reason, until, place } = valid;
    return { ...contamination, excused: { reason, until, where: formatPlace(place) } };
  }

  /** Those of the pairs that were looked at. One that excuses nothing is told only where all could be looked at. */
  #exceptions(pairs: readonly IsolatedPair[]): ExceptionFinding[] {
    const { exceptions, today } = this.#input;
    return exceptions.flatMap((exception): ExceptionFinding[] => {
      const pair = pairs.find(({ between }) => isAbout(exception, ...between));
      const { subject, until, place } = exception;
      const where = formatPlace(place);
      if (!pair) return [];
      if (until < today) {
        const why = `the exception for ${subject} ended on ${until}`;
        return [
          {
            code: "ISOLATION_EXPIRED",
            where,
            why,
            fix: "end what is shared, then delete it; or say until when",
          },
        ];
      }
      if (this.#used.has(exception) || pair.unknown.length > 0) return [];
      const why = `the exception for ${subject} excuses nothing: ${pair.between.join(" and ")} do not share it`;
      return [{ code: "ISOLATION_UNUSED", where, why, fix: "delete it" }];
    });
  }
}

/** Holds every pair of environments against each other. Pure: verdicts of a pair hang on its two environments alone. */
export function proveIsolation(input: ProofInput): IsolationProof {
  return new Prover(input).run();
}
