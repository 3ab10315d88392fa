/** The view of an address now, with what the build wrote into an element of the page. */
import { isoDay } from "../dates.ts";
import type { Names, View } from "./bin-days.ts";

export function viewFrom(place: HTMLElement, street: string): View {
  const { timeZone, names } = place.dataset as { timeZone: string; names: string };
  const now = new Date();
  return { today: isoDay(now, timeZone), now: now.getTime(), street, names: JSON.parse(names) as Names };
}
