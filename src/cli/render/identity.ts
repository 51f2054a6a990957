/** Pages about identities on this machine. */
import { styled } from "../style.ts";
import { shownText } from "./shown.ts";

export function renderLocked(answer: { readonly environment: string; readonly file: string }): string {
  return [
    `${styled("green", "✓")} the identity of ${answer.environment} is under a passphrase: ${shownText(answer.file)}`,
    "  without the passphrase its secrets are lost; copies of the file as it was still open them",
  ].join("\n");
}
