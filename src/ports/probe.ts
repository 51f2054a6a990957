/**
 * Asking the outside whether a credential still works, or whether anything answers at an address. An adapter sends one
 * harmless request and says what came back; what that means is not decided there (`src/model/credential-probe.ts`).
 */
import type { ProbeAnswer, ProbeRequest } from "../model/credential-probe.ts";

export interface Prober {
  /**
   * Sends one request, once. Follows no redirect: that would carry the credential elsewhere. Checks certificates.
   * Never rejects for what the other side does.
   *
   * @param signal ends the asking
   */
  ask(request: ProbeRequest, signal: AbortSignal): Promise<ProbeAnswer>;
}
