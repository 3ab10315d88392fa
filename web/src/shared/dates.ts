/** Dates in the council's time zone, or in the browser's if none is given. */
import { element } from "./dom.ts";

const DAY: Intl.DateTimeFormatOptions = { day: "numeric", month: "long", year: "numeric" };
const DAY_MS = 24 * 60 * 60 * 1000;
const DAYS_TOLD = 8;
const RELATIVE = new Intl.RelativeTimeFormat("en-GB", { numeric: "auto" });
const MOMENT: Intl.DateTimeFormatOptions = { day: "numeric", month: "long", hour: "2-digit", minute: "2-digit" };

export function dayText(iso: string, timeZone?: string): string {
  return new Intl.DateTimeFormat("en-GB", { ...DAY, timeZone }).format(new Date(iso));
}

/** With the time of day, from milliseconds. */
export function momentText(at: number, timeZone?: string): string {
  return new Intl.DateTimeFormat("en-GB", { ...MOMENT, timeZone }).format(at);
}

/** The day at that moment in that zone, like 2026-05-03. */
export function isoDay(at: Date, timeZone: string): string {
  return new Intl.DateTimeFormat("sv-SE", { timeZone }).format(at);
}

/** How long ago it was: in days up to a week, then as a date. */
export function ageText(iso: string, timeZone?: string, now = Date.now()): string {
  const zone = timeZone ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
  const days = (Date.parse(isoDay(new Date(now), zone)) - Date.parse(isoDay(new Date(iso), zone))) / DAY_MS;
  return days < DAYS_TOLD ? RELATIVE.format(-days, "day") : dayText(iso, timeZone);
}

export function dayElement(iso: string, timeZone?: string): HTMLElement {
  return element("time", { datetime: iso }, dayText(iso, timeZone));
}
