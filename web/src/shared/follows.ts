/** Which reports this browser follows. */
import { keptValue } from "./kept-value.ts";

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
