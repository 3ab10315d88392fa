/** Dates in the council's time zone, or in the browser's if none is given. */
import { element } from "./dom.ts";
import { say } from "./say.ts";

/** The months in the page's language; undefined in English. The build fills them in, as not every browser has them. */
declare const MONTHS: string[] | undefined;

const DAY: Intl.DateTimeFormatOptions = { day: "numeric", month: "long", year: "numeric" };
const MOMENT: Intl.DateTimeFormatOptions = { day: "numeric", month: "long", hour: "2-digit", minute: "2-digit" };

export function dayText(iso: string, timeZone?: string): string {
  if (MONTHS) return dayWith(MONTHS, new Date(iso), timeZone);
  return new Intl.DateTimeFormat("en-GB", { ...DAY, timeZone }).format(new Date(iso));
}

/** With the time of day, from milliseconds. */
export function momentText(at: number, timeZone?: string): string {
  if (MONTHS) {
    const time = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", timeZone }).format(at);
    return say("{day} at {time}", { day: dayWith(MONTHS, new Date(at), timeZone), time });
  }
  return new Intl.DateTimeFormat("en-GB", { ...MOMENT, timeZone }).format(at);
}

function dayWith(months: string[], at: Date, timeZone: string | undefined): string {
  const [year, month, day] = isoParts(at, timeZone);
  return `${day} ${months[month! - 1]} ${year}`;
}

const isoParts = (at: Date, timeZone: string | undefined) =>
  new Intl.DateTimeFormat("sv-SE", { timeZone }).format(at).split("-").map(Number);

/** The day at that moment in that zone, like 2026-05-03. */
export function isoDay(at: Date, timeZone: string): string {
  return new Intl.DateTimeFormat("sv-SE", { timeZone }).format(at);
}

export function dayElement(iso: string, timeZone?: string): HTMLElement {
  return element("time", { datetime: iso }, dayText(iso, timeZone));
}
