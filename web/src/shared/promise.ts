/** The target date of a report. It is overdue when that day is over. */
import { dayElement, isoDay } from "./dates.ts";
import { element } from "./dom.ts";

export function promiseWords(expected: string, timeZone?: string): HTMLElement {
  const day = dayElement(expected, timeZone);
  if (isOverdue(expected, new Date(), timeZone))
    return element("p", {}, element("strong", {}, "This is overdue."), " We aimed to deal with it by ", day, ".");
  return element("p", {}, "We aim to deal with this by ", element("strong", {}, day), ".");
}

/** A tag for a list, empty if the date has not passed. */
export function overdueTag(expected: string | null | undefined, timeZone: string): HTMLElement[] {
  if (!expected || !isOverdue(expected, new Date(), timeZone)) return [];
  return [element("strong", { class: "govuk-tag app-tag--overdue" }, "Overdue")];
}

/** Uses the browser's time zone if the council's is not given. */
export function isOverdue(
  expected: string,
  now: Date,
  timeZone = Intl.DateTimeFormat().resolvedOptions().timeZone,
): boolean {
  return isoDay(now, timeZone) > isoDay(new Date(expected), timeZone);
}
