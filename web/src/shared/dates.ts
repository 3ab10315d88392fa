/** Dates in the council's time zone, or in the browser's if none is given. */
import { element } from "./dom.ts";

/** The locales of the page's language, and whether its moments have the year; the build fills them in. */
declare const LOCALES: string | string[];
declare const YEAR_OF_MOMENTS: "numeric" | undefined;

const DAY: Intl.DateTimeFormatOptions = { day: "numeric", month: "long", year: "numeric" };
const MOMENT: Intl.DateTimeFormatOptions = {
  ...DAY,
  year: YEAR_OF_MOMENTS,
  hour: "2-digit",
  minute: "2-digit",
};

export function dayText(iso: string, timeZone?: string): string {
  return new Intl.DateTimeFormat(LOCALES, { ...DAY, timeZone }).format(new Date(iso));
}

/** With the time of day, from milliseconds. */
export function momentText(at: number, timeZone?: string): string {
  return new Intl.DateTimeFormat(LOCALES, { ...MOMENT, timeZone }).format(at);
}

/** The day at that moment in that zone, like 2026-05-03. */
export function isoDay(at: Date, timeZone: string): string {
  return new Intl.DateTimeFormat("sv-SE", { timeZone }).format(at);
}

export function dayElement(iso: string, timeZone?: string): HTMLElement {
  return element("time", { datetime: iso }, dayText(iso, timeZone));
}
