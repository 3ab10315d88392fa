/** How old a saved copy is. */
import { say, sayMany } from "../../shared/say.ts";

const MINUTE_MS = 60_000;
const MINUTES_IN_HOUR = 60;
const HOURS_IN_DAY = 24;

export function ageText(at: number, now = Date.now()): string {
  const minutes = Math.floor((now - at) / MINUTE_MS);
  if (minutes < 1) return say("Last updated just now");
  if (minutes < MINUTES_IN_HOUR)
    return sayMany(minutes, "Last updated 1 minute ago", "Last updated {count} minutes ago");
  const hours = Math.floor(minutes / MINUTES_IN_HOUR);
  if (hours < HOURS_IN_DAY) return sayMany(hours, "Last updated 1 hour ago", "Last updated {count} hours ago");
  const days = Math.floor(hours / HOURS_IN_DAY);
  return sayMany(days, "Last updated 1 day ago", "Last updated {count} days ago");
}
