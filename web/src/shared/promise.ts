/** The target date of a report. It is overdue when that day is over. */
import { dayElement, dayText, isoDay } from "./dates.ts";
import { element } from "./dom.ts";

/** Why a report has a later date than it was promised first. */
export interface Delay {
  promised_datetime: string;
  reason: string;
}

export interface Promised {
  expected_datetime?: string | null;
  delay?: Delay | null;
}

export function promiseWords({ expected_datetime, delay }: Promised, timeZone?: string): HTMLElement[] {
  if (!expected_datetime) return [];
  const day = element("strong", {}, dayElement(expected_datetime, timeZone));
  const strong = (text: string) => element("strong", {}, text);
  const words = isOverdue(expected_datetime, new Date(), timeZone)
    ? [strong("This is overdue."), " We aimed to deal with it by ", ...day.childNodes, "."]
    : delay
      ? [strong("This is delayed."), " We now aim to deal with it by ", day, "."]
      : ["We aim to deal with this by ", day, "."];
  const first = delay ? dayElement(delay.promised_datetime, timeZone) : "";
  return [
    element("p", {}, ...words),
    ...(delay ? [element("p", {}, `Reason: ${delay.reason} We first said `, first, ".")] : []),
  ];
}

/** A tag for a list if the date has passed or is later than promised, with the new date and the reason. */
export function promiseTags({ expected_datetime, delay }: Promised, timeZone: string): HTMLElement[] {
  if (!expected_datetime) return [];
  const late = isOverdue(expected_datetime, new Date(), timeZone);
  if (!late && !delay) return [];
  const tag = element("strong", { class: "govuk-tag app-tag--overdue" }, late ? "Overdue" : "Delayed");
  if (!delay) return [tag];
  return [tag, element("span", {}, ` New date: ${dayText(expected_datetime, timeZone)}. ${delay.reason} `)];
}

/** Uses the browser's time zone if the council's is not given. */
export function isOverdue(
  expected: string,
  now: Date,
  timeZone = Intl.DateTimeFormat().resolvedOptions().timeZone,
): boolean {
  return isoDay(now, timeZone) > isoDay(new Date(expected), timeZone);
}
