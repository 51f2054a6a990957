import { expect, test } from "vitest";
import { secretsErrors } from "../secrets/index.ts";
import { answering, answerTo, noAnswers } from "./key-answers.ts";

const locked = secretsErrors.SECRETS_IDENTITY_LOCKED({ what: "locked", fix: "true" });

test("work begins again with each answer, and nothing is asked twice", async () => {
  const { unlocked } = noAnswers();
  const asked: string[] = [];
  let begun = 0;
  const work = () => {
    begun++;
    return ["a", "b", "a"].map((about) =>
      answerTo(unlocked, about, async () => {
        asked.push(about);
        return [about];
      }),
    );
  };
  const expected = [{ got: ["a"] }, { got: ["b"] }, { got: ["a"] }];
  expect(await answering(work)).toEqual(expected);
  expect(await answering(work)).toEqual(expected);
  expect({ asked, begun }).toEqual({ asked: ["a", "b"], begun: 4 });
});

test("a refusal is an answer, unless it ends the command", async () => {
  const { unlocked } = noAnswers();
  const refused = async () => Promise.reject(locked);
  const ask = (isFinal: boolean) => answering(() => answerTo(unlocked, "a", refused, () => isFinal));
  await expect(ask(true)).rejects.toBe(locked);
  expect(await ask(false)).toEqual({ refusal: locked });
});

test("what is no error of ours is no answer", async () => {
  const bug = new TypeError("a bug");
  const ask = answering(() => answerTo(noAnswers().unlocked, "a", async () => Promise.reject(bug)));
  await expect(ask).rejects.toBe(bug);
});
