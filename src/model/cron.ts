/**
 * Schedules of five fields as crontab(5) has them: minute, hour, day of the month, month, day of the week; with
 * ranges, lists, steps, English names and the usual words (`@daily`). Says whether two of them ever start together.
 */

interface Field {
  readonly least: number;
  readonly most: number;
  readonly names: readonly string[];
}

const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const DAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

const FIELDS: readonly Field[] = [
  { least: 0, most: 59, names: [] },
  { least: 0, most: 23, names: [] },
  { least: 1, most: 31, names: [] },
  { least: 1, most: 12, names: ["", ...MONTHS] },
  { least: 0, most: 7, names: DAYS },
];

const WORDS: Readonly<Record<string, string>> = {
  "@yearly": "0 0 1 1 *",
  "@annually": "0 0 1 1 *",
  "@monthly": "0 0 1 * *",
  "@weekly": "0 0 * * 0",
  "@daily": "0 0 * * *",
  "@midnight": "0 0 * * *",
  "@hourly": "0 * * * *",
};

/** When a job starts. */
export interface CronSlots {
  readonly minutes: ReadonlySet<number>;
  readonly hours: ReadonlySet<number>;
  readonly months: ReadonlySet<number>;
  /** Undefined: every day of the month. */
  readonly days: ReadonlySet<number> | undefined;
  /** Sunday is 0. Undefined: every day of the week. */
  readonly weekdays: ReadonlySet<number> | undefined;
}

function numberIn(text: string, { least, most, names }: Field): number | undefined {
  const named = text === "" ? -1 : names.indexOf(text.toLowerCase());
  const value = named >= 0 ? named : /^\d{1,2}$/.test(text) ? Number(text) : Number.NaN;
  return value >= least && value <= most ? value : undefined;
}

function rangeOf(text: string, field: Field): readonly [number, number] | undefined {
  if (text === "*") return [field.least, field.most];
  const [from = "", to, more] = text.split("-");
  const first = numberIn(from, field);
  const last = to === undefined ? first : numberIn(to, field);
  return first === undefined || last === undefined || first > last || more !== undefined
    ? undefined
    : [first, last];
}

function expand(text: string, field: Field): Set<number> | undefined {
  const values = new Set<number>();
  for (const part of text.split(",")) {
    const [base = "", step, more] = part.split("/");
    const range = rangeOf(base, field);
    const width = step === undefined ? 1 : /^[1-9]\d?$/.test(step) ? Number(step) : undefined;
    if (!range || width === undefined || more !== undefined) return undefined;
    // As cron implementations read it, `5/10` goes on to the field's end.
    const last = step !== undefined && !base.includes("-") ? field.most : range[1];
    for (let value = range[0]; value <= last; value += width) values.add(value);
  }
  return values;
}

/** The slots of a schedule; undefined for a text that is none. */
export function cronSlots(text: string): CronSlots | undefined {
  const written = text.trim();
  const word = written.toLowerCase();
  const fields = (Object.hasOwn(WORDS, word) ? WORDS[word]! : written).split(/\s+/);
  if (fields.length !== FIELDS.length) return undefined;
  const [minutes, hours, days, months, weekdays] = fields.map((field, at) => expand(field, FIELDS[at]!));
  if (!minutes || !hours || !days || !months || !weekdays) return undefined;
  if (weekdays.delete(7)) weekdays.add(0);
  return {
    minutes,
    hours,
    months,
    days: fields[2]!.startsWith("*") ? undefined : days,
    weekdays: fields[4]!.startsWith("*") ? undefined : weekdays,
  };
}

function meet(a: ReadonlySet<number> | undefined, b: ReadonlySet<number> | undefined): boolean {
  return a === undefined || b === undefined || [...a].some((value) => b.has(value));
}

/**
 * True when both may start in the same minute. Where one hangs on the day of the month and the other on the day of
 * the week, there is such a day sooner or later.
 */
export function slotsCollide(a: CronSlots, b: CronSlots): boolean {
  if (!meet(a.minutes, b.minutes) || !meet(a.hours, b.hours) || !meet(a.months, b.months)) return false;
  const byMonth = a.weekdays === undefined && b.weekdays === undefined;
  const byWeek = a.days === undefined && b.days === undefined;
  return byMonth ? meet(a.days, b.days) : byWeek ? meet(a.weekdays, b.weekdays) : true;
}
