/** What a library user needs to tell errors apart. */
export { EXIT, type ExitCode, isRingfenceError, RingfenceError } from "../base/error.ts";
