/** What was done to the hook that scans before a commit, for people. */
import type { SecretHookView } from "../../contract/secret-hook.ts";
import { styled } from "../style.ts";
import { shownText } from "./shown.ts";

const DONE: Readonly<Record<SecretHookView["state"], string>> = {
  installed: "what is about to be committed is scanned",
  removed: "what is about to be committed is not scanned any more",
  unchanged: "nothing had to be done",
};

export function renderSecretHook({ file, state, former }: SecretHookView): string {
  const kept = state === "removed" ? "is what it was before" : `the former hook runs first`;
  return [
    `${styled("green", "✓")} ${DONE[state]}: ${shownText(file)}`,
    ...(former === null ? [] : [styled("dim", `${shownText(former)}: ${kept}`)]),
  ].join("\n");
}
