/** The number to call at a moment; the twin of chalicelib/catalogue/phone_line.py. */
import type { Council } from "../../shared/council.ts";
import { isoDay } from "../../shared/dates.ts";

type Hours = Pick<Council, "phone" | "phone_hours" | "out_of_hours_phone" | "holidays" | "time_zone">;

/** The phone is null when only the emergency number is answered. */
export function lineAt(now: Date, council: Hours): { phone: string | null; isUsual: boolean } {
  return isOpen(now, council)
    ? { phone: council.phone, isUsual: true }
    : { phone: council.out_of_hours_phone, isUsual: false };
}

function isOpen(
  now: Date,
  { phone_hours: { days, opens, closes }, holidays = [], time_zone: timeZone }: Hours,
): boolean {
  const weekday = now.toLocaleDateString("en-GB", { weekday: "long", timeZone }).toLowerCase();
  const time = now.toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone });
  return days.includes(weekday) && !holidays.includes(isoDay(now, timeZone)) && opens <= time && time < closes;
}
