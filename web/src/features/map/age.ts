/** How long ago something was reported. */
import { dayText, isoDay } from "../../shared/dates.ts";

const DAY_MS = 24 * 60 * 60 * 1000;
const DAYS_TOLD = 8;
const RELATIVE = new Intl.RelativeTimeFormat("en-GB", { numeric: "auto" });

/** In days up to a week, then as a date. */
export function ageText(iso: string, timeZone?: string, now = Date.now()): string {
  const zone = timeZone ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
  const days = (Date.parse(isoDay(new Date(now), zone)) - Date.parse(isoDay(new Date(iso), zone))) / DAY_MS;
  return days < DAYS_TOLD ? RELATIVE.format(-days, "day") : dayText(iso, timeZone);
}
