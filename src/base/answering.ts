/** Asking about many things at once, with one answer for each, in their order. Nothing here knows what is asked. */

type Work<Question, Answer> = (questions: readonly Question[]) => Promise<readonly Answer[]>;

function grouped<Question>(
  questions: readonly Question[],
  keyOf: (question: Question) => string,
): number[][] {
  const groups = new Map<string, number[]>();
  for (const [at, question] of questions.entries()) {
    const key = keyOf(question);
    const group = groups.get(key);
    if (group) group.push(at);
    else groups.set(key, [at]);
  }
  return [...groups.values()];
}

/** Asks about each group of questions with the same key by itself, all groups at the same time. */
export async function answerInGroups<Question, Answer>(
  questions: readonly Question[],
  keyOf: (question: Question) => string,
  work: Work<Question, Answer>,
): Promise<Answer[]> {
  const answers = new Array<Answer>(questions.length);
  await Promise.all(
    grouped(questions, keyOf).map(async (group) => {
      const given = await work(group.map((at) => questions[at]!));
      for (const [nth, at] of group.entries()) answers[at] = given[nth]!;
    }),
  );
  return answers;
}

/** Asks once about questions with the same key: all of them get that one answer. */
export async function answerOnce<Question, Answer>(
  questions: readonly Question[],
  keyOf: (question: Question) => string,
  work: Work<Question, Answer>,
): Promise<Answer[]> {
  const groups = grouped(questions, keyOf);
  const given = await work(groups.map(([first]) => questions[first!]!));
  const answers = new Array<Answer>(questions.length);
  for (const [nth, group] of groups.entries()) {
    for (const at of group) answers[at] = given[nth]!;
  }
  return answers;
}

interface Kinds<Question, Answer> {
  kindOf(question: Question): string;
  /** The same for questions that have one answer. */
  keyOf(question: Question): string;
  /** Who answers questions of a kind. */
  readonly works: Readonly<
    Record<string, (questions: readonly Question[], signal: AbortSignal) => Promise<readonly Answer[]>>
  >;
  /** The answer to a question of a kind that nobody answers. */
  none(kind: string): Answer;
}

/** Asks about each kind of questions by its own work, all kinds at the same time, and about equal ones once. */
export function answerByKind<Question, Answer>(
  questions: readonly Question[],
  { kindOf, keyOf, works, none }: Kinds<Question, Answer>,
  signal: AbortSignal,
): Promise<Answer[]> {
  return answerOnce<Question, Answer>(questions, keyOf, (distinct) =>
    answerInGroups<Question, Answer>(distinct, kindOf, async (group) => {
      const kind = kindOf(group[0]!);
      const work = Object.hasOwn(works, kind) ? works[kind] : undefined;
      return work ? work(group, signal) : group.map(() => none(kind));
    }),
  );
}

/** Asks about each question by itself, at most so many at a time. */
export async function answerEach<Question, Answer>(
  questions: readonly Question[],
  atATime: number,
  ask: (question: Question) => Promise<Answer>,
): Promise<Answer[]> {
  const answers = new Array<Answer>(questions.length);
  const waiting = questions.entries();
  const turns = Array.from({ length: Math.min(atATime, questions.length) }, async () => {
    for (const [at, question] of waiting) answers[at] = await ask(question);
  });
  await Promise.all(turns);
  return answers;
}

/** Asks about at most so many questions with one call; all calls at the same time. */
export async function answerInBatches<Question, Answer>(
  questions: readonly Question[],
  size: number,
  work: Work<Question, Answer>,
): Promise<Answer[]> {
  const batches: (readonly Question[])[] = [];
  for (let from = 0; from < questions.length; from += size) batches.push(questions.slice(from, from + size));
  return (await Promise.all(batches.map(work))).flat();
}
