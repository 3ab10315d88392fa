/** Writes to the API from a page. */
import { deviceKey } from "./device.ts";
import type { Outcome } from "./outcome.ts";
import { request } from "./request.ts";
import { say, sayMany } from "./say.ts";

/** The header that tells devices on the same network apart. */
export const DEVICE = "X-Ginnel-Device";

export function post<T>(path: string, body: unknown, key: string): Promise<Outcome<T>> {
  return send("POST", path, body, { "Idempotency-Key": key });
}

export function send<T>(
  method: string,
  path: string,
  body: unknown,
  headers: Record<string, string>,
): Promise<Outcome<T>> {
  return request(method, path, body, { ...(body === undefined ? {} : { [DEVICE]: deviceKey() }), ...headers });
}

/** When to try again, as the second half of a sentence. */
export function whenToRetry(seconds: number | null): string {
  if (!seconds) return say("check your connection and try again");
  const minutes = Math.ceil(seconds / 60);
  return sayMany(
    minutes,
    "the service is busy, so try again in a minute",
    "the service is busy, so try again in {count} minutes",
  );
}
