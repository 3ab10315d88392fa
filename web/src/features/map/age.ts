/** How long ago something was reported. */
import { dayText, isoDay } from "../../shared/dates.ts";
import { say, sayMany } from "../../shared/say.ts";

const DAY_MS = 24 * 60 * 60 * 1000;
const MOST_DAYS = 8;

/** In days up to a week, then as a date. */
export function reportedText(iso: string, timeZone?: string, now = Date.now()): string {
  const zone = timeZone ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
  const days = (Date.parse(isoDay(new Date(now), zone)) - Date.parse(isoDay(new Date(iso), zone))) / DAY_MS;
  if (days >= MOST_DAYS) return say("Reported {day}", { day: dayText(iso, timeZone) });
  if (days > 1) return sayMany(days, "Reported {count} day ago", "Reported {count} days ago");
  return days === 1 ? say("Reported yesterday") : say("Reported today");
}
