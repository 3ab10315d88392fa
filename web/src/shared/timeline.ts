/** One entry of a report's timeline, in the markup that published pages have too. */
import { dayElement } from "./dates.ts";
import { element } from "./dom.ts";
import type { Update } from "./reports.ts";
import { stateTag } from "./states.ts";

export function timelineEntry(update: Update, timeZone?: string): HTMLElement {
  const who = update.by === "council" ? "The council" : "A resident";
  const when = element("p", { class: "app-timeline__when" }, `${who}, `, dayElement(update.datetime, timeZone));
  const entry = element("li", { "data-update-id": update.update_id }, stateTag(update.state), when);
  if (update.text) entry.append(element("p", { class: "app-prose" }, update.text));
  return entry;
}
