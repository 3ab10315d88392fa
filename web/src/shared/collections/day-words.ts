/** Days in words, such as "Tomorrow, Tuesday 24 November". */
import { dayText } from "../dates.ts";
import { say } from "../say.ts";

const DAY_MS = 24 * 60 * 60 * 1000;
/** In the order of Date. */
const WEEKDAYS = [
  say("Sunday"),
  say("Monday"),
  say("Tuesday"),
  say("Wednesday"),
  say("Thursday"),
  say("Friday"),
  say("Saturday"),
];

/** Such as Tuesday 24 November 2026. */
export const longDay = (day: string) => `${WEEKDAYS[new Date(day).getUTCDay()]} ${dayText(day, "UTC")}`;

/** Without the year. */
export const weekday = (day: string) => longDay(day).replace(/ \d+$/, "");

export const daysBetween = (one: string, other: string) => (Date.parse(other) - Date.parse(one)) / DAY_MS;

/** A day so far ahead is said with its year. */
export const FAR_DAYS = 60;

export function dayFrom(today: string, day: string): string {
  const days = daysBetween(today, day);
  if (days === 0) return say("Today, {day}", { day: weekday(day) });
  if (days === 1) return say("Tomorrow, {day}", { day: weekday(day) });
  return days < FAR_DAYS ? weekday(day) : longDay(day);
}
