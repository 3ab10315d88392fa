/** The target date of a report in sentences. */
import { dayElement } from "./dates.ts";
import { element } from "./dom.ts";
import { isOverdue, type TargetDate } from "./promise.ts";
import { say, sayParts } from "./say.ts";

export function promiseWords({ expected_datetime, delay }: TargetDate, timeZone?: string): HTMLElement[] {
  if (!expected_datetime) return [];
  const day = element("strong", {}, dayElement(expected_datetime, timeZone));
  const strong = (text: string) => element("strong", {}, text);
  const words = isOverdue(expected_datetime, new Date(), timeZone)
    ? sayParts("{overdue} We aimed to deal with it by {day}.", {
        overdue: strong(say("This is overdue.")),
        day: day.firstChild!,
      })
    : delay
      ? sayParts("{delayed} We now aim to deal with it by {day}.", { delayed: strong(say("This is delayed.")), day })
      : sayParts("We aim to deal with this by {day}.", { day });
  if (!delay) return [element("p", {}, ...words)];
  const first = sayParts<Node | string>("Reason: {reason} We first said {day}.", {
    reason: delay.reason,
    day: dayElement(delay.promised_datetime, timeZone),
  });
  return [element("p", {}, ...words), element("p", {}, ...first)];
}
