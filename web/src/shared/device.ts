/**
 * A random key of this browser: whoever is not signed in follows a report once, not at every tap, and is not counted
 * together with everybody of her network.
 */
import { keptValue } from "./kept-value.ts";

const device = keptValue<string>(
  () => localStorage,
  "ginnel.device",
  (key) => typeof key === "string",
);

export function deviceKey(): string {
  const known = device.read();
  if (known) return known;
  const made = crypto.randomUUID();
  device.write(made);
  return made;
}

/** By how many a report was followed when this browser began to, and when that was, in milliseconds. */
interface Followed {
  followers: number;
  at: number;
}

/** A published page may be older than what the service answered; after this time it is not. */
const PUBLISHED_WITHIN_MS = 10 * 60_000;

/** An earlier version kept the number 1 alone. */
const followed = (reportId: string) =>
  keptValue<Followed | number>(
    () => localStorage,
    `ginnel.follows.${reportId}`,
    () => true,
  );

/** Report pages show what this browser follows. */
export function rememberFollow(reportId: string, followers: number): void {
  followed(reportId).write({ followers, at: Date.now() });
}

export function follows(reportId: string): boolean {
  return followed(reportId).read() !== null;
}

/** By how many the report was followed when this browser just began to; null where that is long ago or never was. */
export function justFollowedBy(reportId: string): number | null {
  const kept = followed(reportId).read();
  if (kept === null || typeof kept === "number") return null;
  return Date.now() - kept.at < PUBLISHED_WITHIN_MS ? kept.followers : null;
}
