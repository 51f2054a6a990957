/** The rule of fencing, pure: which token may act, and what is kept of it. Storing it is the caller's part. */
import type { Fence } from "../../ports/target.ts";
import { targetErrors } from "./errors.ts";

/** Kept before the first claim. */
export const NO_FENCE: Fence = { token: 0, holder: "" };

/**
 * The fence to keep when `asked` wants to act: the higher of both.
 *
 * @param where what is guarded, such as `environment staging`.
 * @throws TARGET_FENCED when a higher token was seen, or the same one with another holder.
 * @throws TARGET_FENCE_INVALID
 */
export function raiseFence(kept: Fence, asked: Fence, where: string): Fence {
  if (!Number.isSafeInteger(asked.token) || asked.token < 1) {
    throw targetErrors.TARGET_FENCE_INVALID({
      what: `${asked.token} is no fencing token`,
      where,
      why: "a token is a whole number from 1 on, given by the environment's lease",
      fix: "take the lease of the environment and pass its token",
    });
  }
  const overtaken = asked.token < kept.token;
  const ambiguous = asked.token === kept.token && asked.holder !== kept.holder;
  if (overtaken || ambiguous) {
    throw targetErrors.TARGET_FENCED({
      what: `${where} belongs to ${kept.holder} (token ${kept.token})`,
      where,
      why: overtaken
        ? `${asked.holder} holds the older token ${asked.token}`
        : `${asked.holder} claims the same token`,
      fix: "ringfence status",
      details: { kept, asked },
    });
  }
  return asked.token > kept.token ? { token: asked.token, holder: asked.holder } : kept;
}
