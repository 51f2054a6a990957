/** Holds an environment's settings against the rules of the manifest. What can't be told is said, never passed. */
import { nearest } from "../base/nearest.ts";
import { formatPlace } from "../base/place.ts";
import type { FindingDraft } from "../model/finding-list.ts";
import { isNamedIn } from "../model/project.ts";
import type { Rule } from "../model/rule.ts";
import type { RuleChecker, RuleFacts } from "../model/rule-check.ts";
import type { ResolvedSetting } from "../model/setting.ts";
import { AMBIENT, ambientValues, strangeMember, valuelessPolicies } from "./ambient.ts";
import { celValue, type Expression, parseExpression } from "./expression.ts";

/** A text literal of CEL; one that is not closed reaches to the end. */
const TEXT_LITERAL = /(["'])(?:\\[\s\S]|(?!\1)[^\\])*(?:\1|$)/g;

/** The rule as findings may tell it where a secret may stand in its condition: without the texts in there. */
function withoutTexts(rule: Rule): Rule {
  const { name, message, require } = rule;
  const hidden = require.replace(TEXT_LITERAL, "$1…$1");
  // Where the manifest gives no name and no message, they are made of the condition.
  const hide = (text: string): string => text.replaceAll(require, () => hidden);
  return { ...rule, name: hide(name), message: hide(message), require: hidden };
}

class RuleCheck {
  readonly #facts: RuleFacts;
  readonly #rule: Rule;
  /** The rule as findings tell it. */
  #told: Rule;

  constructor(facts: RuleFacts, rule: Rule) {
    this.#facts = facts;
    this.#rule = rule;
    this.#told = withoutTexts(rule);
  }

  /** What is wrong, or nothing. */
  *run(): Iterable<FindingDraft> {
    const { when, require } = this.#rule;
    const condition = when === undefined ? undefined : this.#parse("when", when);
    const demand = this.#parse("require", require);
    const broken = [condition, demand].flatMap((part) => (part && "code" in part ? [part] : []));
    if (broken.length > 0 || !demand || "code" in demand || (condition && "code" in condition))
      return yield* broken;
    // What is demanded first: a finding stands at the setting that would be changed, not at the one that asks for it.
    const reads = [...new Set([...demand.reads, ...(condition?.reads ?? [])])];
    if (reads.every((read) => this.#isPlain(read))) this.#told = this.#rule;
    const values = this.#values(reads);
    if (condition) {
      const applies = condition.evaluate(values);
      if (applies.kind !== "value") yield this.#unknown("when", condition, applies.kind);
      if (applies.kind !== "value" || !applies.value) return;
    }
    const holds = demand.evaluate(values);
    if (holds.kind !== "value") yield this.#unknown("require", demand, holds.kind);
    else if (!holds.value) yield this.#broken(reads);
  }

  /** Known to be no secret: what has no value here may have a secret one elsewhere. */
  #isPlain(name: string): boolean {
    return AMBIENT.includes(name) || this.#facts.settings.get(name)?.secret === false;
  }

  #parse(key: string, text: string): Expression | FindingDraft {
    const { place, name } = this.#told;
    const parsed = parseExpression(text);
    if ("badAt" in parsed) {
      const why = `the rule "${name}": ${key} is no CEL expression; it goes wrong at its character ${parsed.badAt}`;
      return {
        code: "RULE_INVALID",
        place,
        why,
        fix: `correct ${key}; comparisons are written as A <= B && C != "x"`,
      };
    }
    const known = [...AMBIENT, ...this.#facts.declared, ...this.#facts.settings.keys()];
    const member = strangeMember(this.#facts.environment, parsed.members);
    if (member)
      return { code: "RULE_INVALID", place, why: `the rule "${name}" reads ${member.why}`, fix: member.fix };
    const stranger = parsed.reads.find((read) => !known.includes(read));
    if (stranger === undefined) return parsed;
    const meant = nearest(stranger, known);
    const why = `the rule "${name}" reads ${stranger}, which no layer and no declaration has`;
    return {
      code: "RULE_INVALID",
      place,
      why,
      fix: meant ? `write ${meant}` : `declare ${stranger} under settings`,
    };
  }

  /** What can't be told is left out: whatever hangs on it then has no value, and what does not is told all the same. */
  #values(reads: readonly string[]): Record<string, unknown> {
    const { settings, environment } = this.#facts;
    const ambient = ambientValues(environment);
    return Object.fromEntries(
      reads
        .filter((read) => !this.#isUntold(read))
        .map((read) => {
          const setting = settings.get(read);
          return [
            read,
            setting ? celValue(setting.declaration?.type, setting.value) : (ambient[read] ?? null),
          ];
        }),
    );
  }

  #isUntold(name: string): boolean {
    const { settings, unusable } = this.#facts;
    return unusable.has(name) || settings.get(name)?.sealed === true;
  }

  #unknown(key: string, { reads, members }: Expression, kind: "no truth" | "misfit"): FindingDraft {
    const { place, name } = this.#told;
    if (kind === "no truth") {
      const why = `the rule "${name}": ${key} gives neither true nor false`;
      return { code: "RULE_INVALID", place, why, fix: "write a comparison, such as A <= B" };
    }
    const missing = this.#missing(reads) ?? valuelessPolicies(this.#facts.environment, members);
    if (missing) {
      const why = `the rule "${name}" reads ${missing.why}: whether it holds is unknown`;
      return { code: "RULE_UNKNOWN", severity: "warning", place, why, fix: missing.fix };
    }
    const why = `the rule "${name}": ${key} puts together what does not go together, such as a text and a number`;
    return {
      code: "RULE_INVALID",
      place,
      why,
      fix: "compare values of one type; int(X), double(X) and string(X) convert",
    };
  }

  /** Which of the settings that are read have no value to tell by. */
  #missing(reads: readonly string[]): { readonly why: string; readonly fix: string } | undefined {
    const { settings, unusable, environment } = this.#facts;
    const check = `ringfence config check -e ${environment.name}`;
    const sealed = reads.filter((read) => settings.get(read)?.sealed);
    if (sealed.length > 0) {
      const why = `${sealed.join(", ")}, which can't be opened here`;
      return { why, fix: `${check}   # where its identity lies` };
    }
    const wrong = reads.filter((read) => unusable.has(read));
    if (wrong.length > 0) return { why: `${wrong.join(", ")}, whose value is wrong`, fix: check };
    const without = reads.filter(
      (read) => !AMBIENT.includes(read) && (settings.get(read)?.value ?? null) === null,
    );
    if (without.length === 0) return undefined;
    return {
      why: `${without.join(", ")} without a value here`,
      fix: `begin it with ${without[0]} == null ||`,
    };
  }

  #broken(reads: readonly string[]): FindingDraft {
    const { name, message, fix, severity, place, require } = this.#told;
    const used = reads.flatMap((read) => this.#facts.settings.get(read) ?? []);
    const first: ResolvedSetting | undefined = used[0];
    const at = first?.history.find(({ wins }) => wins)?.place ?? place;
    const others = used.map((setting) => setting.name).join(", ");
    return {
      code: "RULE_BROKEN",
      severity,
      setting: first?.name,
      place: at,
      why: `${message} (rule ${name === require ? "" : `"${name}" `}at ${formatPlace(place)})`,
      fix: fix ?? (others ? `change ${others} so that ${require}` : `make true: ${require}`),
    };
  }
}

/** What the rules have to say of one environment's settings. Never throws for what a rule says. */
export const checkRules: RuleChecker = (rules, facts) =>
  rules
    .filter(({ only }) => only === undefined || isNamedIn(facts.environment, only))
    .flatMap((rule) => [...new RuleCheck(facts, rule).run()]);
