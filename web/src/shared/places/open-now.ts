/** Whether a place is open, in the council's time zone. */
import { isoDay } from "../dates.ts";
import { say } from "../say.ts";

/** Weekday (0 is Monday), then minutes of its day; the last may go beyond midnight. */
export type Opening = [weekday: number, opens: number, closes: number];

export interface OpenState {
  isOpen: boolean;
  /** When that changes, in words, if it does within a week. */
  until?: string;
}

const DAY = 24 * 60;
const WEEK = 7 * DAY;
const DAYS = [
  say("Monday"),
  say("Tuesday"),
  say("Wednesday"),
  say("Thursday"),
  say("Friday"),
  say("Saturday"),
  say("Sunday"),
];

export function openState(openings: Opening[], at: Date, timeZone: string): OpenState {
  const now = minuteOfWeek(at, timeZone);
  const spans = openings.map(([weekday, opens, closes]) => ({ start: weekday * DAY + opens, length: closes - opens }));
  const left = spans.map(({ start, length }) => length - minutesBetween(start, now)).filter((minutes) => minutes > 0);
  if (left.length) return { isOpen: true, ...describeChange(now, joinedLength(spans, now, Math.max(...left))) };
  const waits = spans.map(({ start }) => minutesBetween(now, start));
  return { isOpen: false, ...(waits.length && describeChange(now, Math.min(...waits))) };
}

/** Minutes from one to the other, across the end of the week. */
const minutesBetween = (one: number, other: number) => (((other - one) % WEEK) + WEEK) % WEEK;

/** Joins a span with the one that starts where it ends, for example at midnight. */
function joinedLength(spans: { start: number; length: number }[], now: number, minutes: number): number {
  const next = spans.find(({ start }) => minutesBetween(start, now + minutes) === 0);
  return next && minutes < WEEK ? joinedLength(spans, now, minutes + next.length) : minutes;
}

function describeChange(now: number, minutes: number): { until?: string } {
  if (minutes >= WEEK) return {};
  const then = (now + minutes) % WEEK;
  const time = `${pad(Math.floor((then % DAY) / 60))}:${pad(then % 60)}`;
  const isToday = Math.floor(then / DAY) === Math.floor(now / DAY) && minutes < DAY;
  const isSoon = isToday || minutes < DAY / 2;
  return { until: isSoon ? time : say("{time} on {day}", { time, day: DAYS[Math.floor(then / DAY)]! }) };
}

const pad = (number: number) => String(number).padStart(2, "0");

function minuteOfWeek(at: Date, timeZone: string): number {
  const parts = new Intl.DateTimeFormat("en-GB", {
    timeZone,
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  }).formatToParts(at);
  const part = (type: Intl.DateTimeFormatPartTypes) => Number(parts.find((each) => each.type === type)!.value);
  const weekday = (new Date(isoDay(at, timeZone)).getUTCDay() + 6) % 7;
  return weekday * DAY + part("hour") * 60 + part("minute");
}
