/** Asks the API about premises, which a device may do a limited number of times. */
import { deviceKey } from "../device.ts";
import type { Outcome } from "../outcome.ts";
import { request } from "../request.ts";
import { DEVICE } from "../send.ts";

export const askPremises = <T>(path: string): Promise<Outcome<T>> =>
  request("GET", `/api/premises${path}`, undefined, { [DEVICE]: deviceKey() });
