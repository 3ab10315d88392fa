/** The reports that this browser follows. */
import { storedValue } from "./stored-value.ts";

/** The number of followers when this browser started to follow, and that time in milliseconds. */
interface FollowRecord {
  followers: number;
  at: number;
}

/** After this time, the published page is at least as new as the service's answer. */
const PUBLISHED_WITHIN_MS = 10 * 60_000;

/** An earlier version stored only the number 1. */
const followRecord = (reportId: string) =>
  storedValue<FollowRecord | number>(
    () => localStorage,
    `ginnel.follows.${reportId}`,
    () => true,
  );

/** Stores that this browser follows the report, for the report's page. */
export function rememberFollow(reportId: string, followers: number): void {
  followRecord(reportId).write({ followers, at: Date.now() });
}

export function isFollowed(reportId: string): boolean {
  return followRecord(reportId).read() !== null;
}

/** The number of followers if this browser started to follow recently; otherwise null. */
export function recentFollowers(reportId: string): number | null {
  const kept = followRecord(reportId).read();
  if (kept === null || typeof kept === "number") return null;
  return Date.now() - kept.at < PUBLISHED_WITHIN_MS ? kept.followers : null;
}
