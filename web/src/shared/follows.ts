/** The reports that this browser follows. */
import { keptValue } from "./kept-value.ts";

/** The number of followers when this browser started to follow, and that time in milliseconds. */
interface Followed {
  followers: number;
  at: number;
}

/** After this time, the published page is at least as new as the service's answer. */
const PUBLISHED_WITHIN_MS = 10 * 60_000;

/** An earlier version stored only the number 1. */
const followed = (reportId: string) =>
  keptValue<Followed | number>(
    () => localStorage,
    `ginnel.follows.${reportId}`,
    () => true,
  );

/** Stores that this browser follows the report, for the report's page. */
export function rememberFollow(reportId: string, followers: number): void {
  followed(reportId).write({ followers, at: Date.now() });
}

export function follows(reportId: string): boolean {
  return followed(reportId).read() !== null;
}

/** The number of followers if this browser started to follow recently; otherwise null. */
export function justFollowedBy(reportId: string): number | null {
  const kept = followed(reportId).read();
  if (kept === null || typeof kept === "number") return null;
  return Date.now() - kept.at < PUBLISHED_WITHIN_MS ? kept.followers : null;
}
