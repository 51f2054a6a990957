/** Errors of the door, of leases and of what only the application knows. */
import { EXIT, errorCatalogue } from "../base/error.ts";

export const appErrors = errorCatalogue({
  APP_NO_PROJECT: { summary: "No ringfence.yaml was found here or above.", exit: EXIT.usage, http: 404 },
  APP_BAD_INPUT: { summary: "A command's arguments don't fit.", exit: EXIT.usage, http: 400 },
  APP_COMMAND_UNKNOWN: {
    summary: "A program asked for a command that is not in the catalogue.",
    exit: EXIT.usage,
    http: 404,
  },
  APP_MANIFEST_INVALID: {
    summary: "The manifest has mistakes; each is listed with its place and fix.",
    exit: EXIT.findings,
    http: 422,
  },
  APP_INTERNAL: {
    summary:
      "A bug showed in an environment whose errors are operational; its details are kept as an incident, and not printed.",
    exit: EXIT.failed,
    http: 500,
  },
  APP_MANIFEST_EXISTS: {
    summary: "The folder is a project already; its manifest is never overwritten.",
    exit: EXIT.failed,
    http: 409,
  },
  APP_NOTHING_TO_ADOPT: {
    summary: "No file of the folder says what an environment's settings are, or several applications do.",
    exit: EXIT.findings,
    http: 422,
  },
  APP_VALUES_DIFFER: {
    summary: "A manifest made from the files would change values, so it is not written.",
    exit: EXIT.findings,
    http: 422,
  },
  APP_FILE_EXISTS: {
    summary: "A file that a command would make is there already; it is never overwritten.",
    exit: EXIT.failed,
    http: 409,
  },
  APP_ENVIRONMENT_EXISTS: {
    summary: "The project has an environment of that name already.",
    exit: EXIT.failed,
    http: 409,
  },
  APP_TEMPLATE_UNFIT: {
    summary: "A template, or what it was given, makes no environment that is complete and valid.",
    exit: EXIT.findings,
    http: 422,
  },
  APP_UNREADABLE: { summary: "A file can't be read or written.", exit: EXIT.failed, http: 500 },
  SECRET_BREAK_GLASS_SHUT: {
    summary: "An environment's sealed identity is not there, or does not open for who asks.",
    exit: EXIT.undecryptable,
    http: 403,
  },
  SECRET_HOOK_ELSEWHERE: {
    summary: "Another tool, or a setting of git's for several repositories, says what runs before a commit.",
    exit: EXIT.failed,
    http: 409,
  },
  APP_SECRET_INPUT: {
    summary: "No secret value arrived on standard input, or it is not usable text.",
    exit: EXIT.usage,
    http: 400,
  },
  APP_FILE_CHANGED: {
    summary: "A file was changed by somebody else while an operation was about to write it.",
    exit: EXIT.failed,
    http: 409,
    retryable: true,
  },
  APP_IDENTITY_EXISTS: {
    summary: "The environment has an identity on this machine already; it is never overwritten.",
    exit: EXIT.failed,
    http: 409,
  },
  APP_PERSON_EXISTS: {
    summary: "The person has a key already; it is never overwritten.",
    exit: EXIT.failed,
    http: 409,
  },
  APP_SERVICES_MISSING: {
    summary: "The project declares no services, so there is nothing to release.",
    exit: EXIT.findings,
    http: 422,
  },
  APP_RELEASE_EXISTS: {
    summary: "The version exists already; a release is immutable.",
    exit: EXIT.failed,
    http: 409,
  },
  APP_RELEASE_UNKNOWN: { summary: "No release has that version.", exit: EXIT.usage, http: 404 },
  APP_RELEASE_UNPROMOTABLE: {
    summary: "The release can't run in the environment: it does not know it, or it lacks something.",
    exit: EXIT.findings,
    http: 422,
  },
  RELEASE_PROGRAM_FAILED: {
    summary: "A program that gives a layer gave nothing, so that the release would lack it.",
    exit: EXIT.failed,
    http: 422,
  },
  RELEASE_PROGRAM_SECRET: {
    summary: "A program that gives a layer gives a secret in plain; a release never holds one.",
    exit: EXIT.findings,
    http: 422,
  },
  OPERATION_UNCONFIRMED: {
    summary: "The operation shows what it would do and has to be confirmed.",
    exit: EXIT.refused,
    http: 409,
  },
  APP_NOT_QUARANTINED: { summary: "The release is in no quarantine.", exit: EXIT.usage, http: 404 },
  APP_NOTHING_TO_ROLL_BACK: {
    summary:
      "The environment has no earlier release that was verified there, or no earlier revision, to go back to.",
    exit: EXIT.failed,
    http: 409,
  },
  APP_REVISION_UNKNOWN: {
    summary: "No revision of the environment's configuration begins with that digest.",
    exit: EXIT.usage,
    http: 404,
  },
  APP_REVISION_AMBIGUOUS: {
    summary: "Several revisions begin with those digits.",
    exit: EXIT.usage,
    http: 409,
  },
  APP_REVISION_PRESENT: {
    summary: "The files hold what that revision has already, so there is nothing to go back to.",
    exit: EXIT.failed,
    http: 409,
  },
  APP_REVISION_DAMAGED: {
    summary: "A file of a revision is missing in the store, or is not what was recorded.",
    exit: EXIT.failed,
    http: 500,
  },
  APP_LAYER_UNKNOWN: {
    summary: "The environment has no such layer, or none that is its own and can be written.",
    exit: EXIT.usage,
    http: 404,
  },
  APP_SETTING_SECRET: {
    summary: "A secret was to be written into a layer, where all can read it.",
    exit: EXIT.usage,
    http: 400,
  },
  APP_SETTING_ABSENT: {
    summary: "The setting does not stand where it was to be changed.",
    exit: EXIT.usage,
    http: 404,
  },
  APP_SETTING_EXISTS: {
    summary: "A setting of that name is there already.",
    exit: EXIT.failed,
    http: 409,
  },
  APP_VALUES_CHANGE: {
    summary: "What was to keep every value would change one; nothing was written.",
    exit: EXIT.findings,
    http: 422,
  },
  APP_ROLLOUT_FAILED: {
    summary: "The new set was not healthy; the evidence is shown and the old set serves.",
    exit: EXIT.failed,
    http: 409,
  },
  OPERATION_UNKNOWN: { summary: "No operation has that id.", exit: EXIT.usage, http: 404 },
  OPERATION_REFUSED: { summary: "A gate is shut; each says what opens it.", exit: EXIT.refused, http: 409 },
  OPERATION_WAITING: { summary: "The operation waits for approvals.", exit: EXIT.refused, http: 409 },
  OPERATION_PLAN_CHANGED: {
    summary: "What would happen is no longer what was planned and approved; approvals are void.",
    exit: EXIT.refused,
    http: 409,
  },
  OPERATION_FINISHED: { summary: "The operation has ended already.", exit: EXIT.failed, http: 409 },
  OPERATION_UNFINISHED: {
    summary: "An earlier operation on the environment was interrupted and must be finished first.",
    exit: EXIT.locked,
    http: 409,
  },
  OPERATION_PAST_PIVOT: {
    summary: "The operation's decisive step is done; it can only be carried on.",
    exit: EXIT.failed,
    http: 409,
  },
  OPERATION_STEPS_UNKNOWN: {
    summary: "An operation is to be taken back that has begun something which is no step of it any more.",
    exit: EXIT.failed,
    http: 409,
  },
  OPERATION_FAILED: { summary: "A step failed; what it had done is undone.", exit: EXIT.failed, http: 500 },
  LEASE_HELD: {
    summary: "Another operation holds the environment.",
    exit: EXIT.locked,
    http: 423,
    retryable: true,
  },
  LEASE_LOST: {
    summary: "Another operation took the environment over while this one slept; nothing more is done.",
    exit: EXIT.locked,
    http: 409,
  },
});
