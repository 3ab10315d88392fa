/** Dates as people in the council's area say them; without its time zone, as the phone does. */
import { element } from "./dom.ts";

const DAY: Intl.DateTimeFormatOptions = { day: "numeric", month: "long", year: "numeric" };

export function dayText(iso: string, timeZone?: string): string {
  return new Intl.DateTimeFormat("en-GB", { ...DAY, timeZone }).format(new Date(iso));
}

export function dayElement(iso: string, timeZone?: string): HTMLElement {
  return element("time", { datetime: iso }, dayText(iso, timeZone));
}
