/** The target date of a report in sentences. */
import { dayElement } from "./dates.ts";
import { element } from "./dom.ts";
import { isOverdue, type Promised } from "./promise.ts";

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
