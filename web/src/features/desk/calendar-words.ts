/** The days of a calendar in the API, and in words. */
import { isoDay, momentText } from "../../shared/dates.ts";
import type { Order } from "./model.ts";
import { countText, PAID } from "./words.ts";

export interface SlotSummary {
  slot: string;
  name: string;
  taken: number;
  free: number;
}

/** `capacity`: the units of each slot. `closed`: why the calendar has no slots on that day. */
export interface DaySummary {
  day: string;
  version: number;
  capacity: number;
  closed: keyof typeof CLOSED | null;
  slots: SlotSummary[];
}

/** `until`: when it lapses, if it is only held; `request` is then what is being paid for. Otherwise it is null if it is no longer stored. */
export interface Booking {
  units: number;
  service_request_id: string | null;
  until: string | null;
  request: { service_name: string; items: string[]; paid_by: Order["paid_by"]; no_show_at: string | null } | null;
}

export interface BookedSlot extends SlotSummary {
  bookings: Booking[];
}

export interface BookedDay extends DaySummary {
  slots: BookedSlot[];
}

const CLOSED = {
  weekday: "not a day of this calendar",
  season: "out of season",
  closed: "the council closed it",
  bank_holiday: "bank holiday",
} as const;

/** Why nothing can be booked on a day; empty if it is open. */
export function closedText({ closed, capacity }: DaySummary): string {
  if (closed) return `Closed: ${CLOSED[closed]}`;
  return capacity ? "" : "Closed: by an officer";
}

export const takenText = (taken: number, capacity: number) => `${taken} of ${capacity} taken`;

/** All slots of a day together. */
export function totalText({ slots, capacity }: DaySummary): string {
  return takenText(
    slots.reduce((sum, { taken }) => sum + taken, 0),
    capacity * slots.length,
  );
}

/** Which slots have more bookings than units; empty if none has. */
export function overbookedText({ slots, capacity }: DaySummary): string {
  const over = slots.filter(({ taken }) => taken > capacity).map(({ name, taken }) => `${name}: ${taken}`);
  return over.length
    ? `More is booked than the ${countText(capacity, "unit")} of each slot (${over.join(", ")}). Nobody has lost a booking: call people if it cannot be done.`
    : "";
}

/** What was booked, how much of it, and whether it is paid. */
export function bookingText({ units, until, request }: Booking, zone: string): string {
  const lapses = until && momentText(Date.parse(until), zone);
  const held = lapses && (request ? `Waits for payment until ${lapses}` : `Held until ${lapses}, not booked yet`);
  const what = request ? [request.service_name, ...request.items] : until ? [] : ["This request is no longer stored"];
  const paid = request?.paid_by ? PAID[request.paid_by] : "";
  const came = request?.no_show_at ? `nobody came (noted ${momentText(Date.parse(request.no_show_at), zone)})` : "";
  return [held, ...what, countText(units, "unit"), paid, came].filter(Boolean).join(", ");
}

/** What an officer may note of a booking at a place of the council: that nobody came, or on that day that somebody did. */
export function attendanceToNote({ request, until }: Booking, day: string, today: string, zone: string) {
  if (!request || until) return null;
  if (!request.no_show_at) return day <= today ? { came: false, words: "Nobody came" } : null;
  const isToday = isoDay(new Date(request.no_show_at), zone) === today;
  return isToday ? { came: true, words: "Somebody came after all" } : null;
}
