/** The target date of a report in lists. It is overdue when that day is over. */
import { dayText, isoDay } from "./dates.ts";
import { element } from "./dom.ts";
import { say } from "./say.ts";

/** Why a report has a later date than it was promised first. */
export interface Delay {
  promised_datetime: string;
  reason: string;
}

export interface TargetDate {
  expected_datetime?: string | null;
  delay?: Delay | null;
}

/** A tag for a list if the date has passed or is later than promised, with the new date and the reason. */
export function promiseTags({ expected_datetime, delay }: TargetDate, timeZone?: string): HTMLElement[] {
  if (!expected_datetime) return [];
  const late = isOverdue(expected_datetime, new Date(), timeZone);
  if (!late && !delay) return [];
  const tag = element("strong", { class: "govuk-tag app-tag--overdue" }, late ? say("Overdue") : say("Delayed"));
  if (!delay) return [tag];
  const day = dayText(expected_datetime, timeZone);
  return [tag, element("span", {}, say(" New date: {day}. {reason} ", { day, reason: delay.reason }))];
}

/** Uses the browser's time zone if the council's is not given. */
export function isOverdue(
  expected: string,
  now: Date,
  timeZone = Intl.DateTimeFormat().resolvedOptions().timeZone,
): boolean {
  return isoDay(now, timeZone) > isoDay(new Date(expected), timeZone);
}
