/** Errors about replacing secrets. */
import { EXIT, errorCatalogue } from "../base/error.ts";

export const rotationErrors = errorCatalogue({
  ROTATION_NO_GENERATOR: {
    summary: "A secret is to be rotated, and nothing says what makes its new value.",
    exit: EXIT.usage,
    http: 422,
  },
  ROTATION_UNFIT: {
    summary:
      "A new value for a secret can't be made from the one that it has, or is none that its setting allows.",
    exit: EXIT.findings,
    http: 422,
  },
  ROTATION_HOOK: {
    summary: "The program that makes a new value count where it is checked did not end well.",
    exit: EXIT.failed,
    http: 502,
    retryable: true,
  },
  ROTATION_UNVERIFIED: {
    summary: "A new value does not work, or nobody can tell; the former one is kept.",
    exit: EXIT.failed,
    http: 502,
    retryable: true,
  },
  ROTATION_PENDING: {
    summary: "A secret is to be rotated whose last rotation has not come to its end.",
    exit: EXIT.failed,
    http: 409,
  },
  ROTATION_NO_PREVIOUS: {
    summary: "There is no former value of a secret to go back to or to retire.",
    exit: EXIT.usage,
    http: 404,
  },
  ROTATION_ELSEWHERE: {
    summary:
      "A secret is to be rotated whose value another store keeps, or to a reference in place of a value.",
    exit: EXIT.usage,
    http: 409,
  },
});
