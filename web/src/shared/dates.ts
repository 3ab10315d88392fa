/** Dates as people in the council's area say them; without its time zone, as the phone does. */
import { element } from "./dom.ts";

const DAY: Intl.DateTimeFormatOptions = { day: "numeric", month: "long", year: "numeric" };
const MOMENT: Intl.DateTimeFormatOptions = { day: "numeric", month: "long", hour: "2-digit", minute: "2-digit" };

export function dayText(iso: string, timeZone?: string): string {
  return new Intl.DateTimeFormat("en-GB", { ...DAY, timeZone }).format(new Date(iso));
}

/** With the time of day, from milliseconds. */
export function momentText(at: number, timeZone?: string): string {
  return new Intl.DateTimeFormat("en-GB", { ...MOMENT, timeZone }).format(at);
}

/** Like 2026-05-03, at that moment in that zone. */
export function isoDay(at: Date, timeZone: string): string {
  return new Intl.DateTimeFormat("sv-SE", { timeZone }).format(at);
}

export function dayElement(iso: string, timeZone?: string): HTMLElement {
  return element("time", { datetime: iso }, dayText(iso, timeZone));
}
