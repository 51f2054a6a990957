/** The errors of the process target. Every one names the environment, the service or the set that it is about. */
import { EXIT, errorCatalogue } from "../../base/error.ts";

export const targetErrors = errorCatalogue({
  TARGET_FENCED: {
    summary: "A newer operation has taken this environment; the older one may change nothing any more.",
    exit: EXIT.locked,
    http: 409,
  },
  TARGET_FENCE_INVALID: {
    summary: "A call carried a fence whose token is no whole number from 1 on.",
    exit: EXIT.failed,
    http: 400,
  },
  TARGET_PORT_TAKEN: {
    summary: "A service's public port is used by another process of this machine.",
    exit: EXIT.failed,
    http: 409,
    retryable: true,
  },
  TARGET_ROUTER_DOWN: {
    summary: "The router in front of a public port does not start or does not answer.",
    exit: EXIT.failed,
    http: 503,
    retryable: true,
  },
  TARGET_SUPERVISOR_DOWN: {
    summary: "The environment's supervisor does not start or does not answer.",
    exit: EXIT.failed,
    http: 503,
    retryable: true,
  },
  TARGET_SET_UNKNOWN: {
    summary: "The target runs no set, or no service, of this name.",
    exit: EXIT.failed,
    http: 404,
  },
  TARGET_SET_ROUTED: {
    summary: "A set that receives traffic, or guards the one that does, can't be retired.",
    exit: EXIT.refused,
    http: 409,
  },
  TARGET_SET_CONFLICT: {
    summary: "A set of this name runs already, with other services, arguments or settings.",
    exit: EXIT.failed,
    http: 409,
  },
  TARGET_SET_UNREACHABLE: {
    summary: "Traffic is not led to a set whose service does not accept connections.",
    exit: EXIT.failed,
    http: 409,
    retryable: true,
  },
  TARGET_START_FAILED: {
    summary: "A service of the set can't be started.",
    exit: EXIT.failed,
    http: 422,
  },
  TARGET_KEY_UNREADABLE: {
    summary: "The key file that seals the environment's settings can't be read.",
    exit: EXIT.undecryptable,
    http: 500,
  },
  TARGET_STATE_UNREADABLE: {
    summary: "The target's state file is damaged or was written by a newer Ringfence.",
    exit: EXIT.failed,
    http: 500,
  },
  TARGET_FOLDER_UNUSABLE: {
    summary: "The environment's folder can't be created or written.",
    exit: EXIT.failed,
    http: 500,
  },
  TARGET_SOCKET_UNSAFE: {
    summary: "The folder for the control sockets belongs to someone else or is open to others.",
    exit: EXIT.failed,
    http: 500,
  },
  TARGET_MESSAGE_TOO_LARGE: {
    summary: "A call to the supervisor or a router is larger than it accepts.",
    exit: EXIT.failed,
    http: 413,
  },
});

export type TargetErrorCode = keyof typeof targetErrors.kinds;
