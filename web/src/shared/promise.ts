/** By when a report is to be dealt with, or that this is overdue: once the promised day is over. */
import { dayElement, isoDay } from "./dates.ts";
import { element } from "./dom.ts";

export function promiseWords(expected: string, timeZone?: string, now = new Date()): HTMLElement {
  const zone = timeZone ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
  const day = dayElement(expected, timeZone);
  const isOverdue = isoDay(now, zone) > isoDay(new Date(expected), zone);
  if (isOverdue) return element("p", {}, element("strong", {}, "This is overdue."), " We aimed to deal with it by ", day, ".");
  return element("p", {}, "We aim to deal with this by ", element("strong", {}, day), ".");
}
