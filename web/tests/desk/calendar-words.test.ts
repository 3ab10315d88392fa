import { describe, expect, test } from "vitest";
import {
  attendanceToNote,
  type Booking,
  bookingText,
  closedText,
  type DaySummary,
  overbookedText,
  totalText,
} from "../../src/features/desk/calendar-words.ts";
import { dayInQuery, daysAfter, mondayOf, weekdayText } from "../../src/features/desk/words.ts";

const slot = (name: string, taken: number) => ({ slot: name, name, taken, free: 0 });
const day = (more: Partial<DaySummary>): DaySummary => ({
  day: "2026-06-08",
  version: 1,
  capacity: 2,
  closed: null,
  slots: [slot("9am", 1), slot("10am", 2)],
  ...more,
});
const booking = (more: Partial<Booking>): Booking => ({
  units: 1,
  service_request_id: "7K3M2QXV9HTD",
  until: null,
  request: { service_name: "Bulky waste", items: ["2 × Sofa"], paid_by: "card", no_show_at: null },
  ...more,
});

describe("a day of a calendar", () => {
  test("is closed by the council's document, or by an officer", () => {
    expect(closedText(day({}))).toBe("");
    expect(closedText(day({ closed: "bank_holiday" }))).toBe("Closed: bank holiday");
    expect(closedText(day({ capacity: 0 }))).toBe("Closed: by an officer");
  });

  test("says how much of all its slots is taken", () => {
    expect(totalText(day({}))).toBe("3 of 4 taken");
  });

  test("names the slots with more bookings than units", () => {
    expect(overbookedText(day({}))).toBe("");
    expect(overbookedText(day({ capacity: 1 }))).toMatch(/^More is booked than the 1 unit of each slot \(10am: 2\)\./);
  });
});

describe("a booking", () => {
  test("says what is booked, how much, and how it was paid", () => {
    expect(bookingText(booking({}), "UTC")).toBe("Bulky waste, 2 × Sofa, 1 unit, Paid by card");
  });

  test("that is only held says until when", () => {
    const held = booking({ until: "2026-06-01T12:30:00Z", request: null, service_request_id: null, units: 2 });
    expect(bookingText(held, "UTC")).toBe("Held until 1 June at 12:30, not booked yet, 2 units");
  });

  test("that waits for its payment says until when, and what it is", () => {
    const { request } = booking({});
    const unpaid = booking({ until: "2026-06-01T12:30:00Z", request: { ...request!, paid_by: null } });
    expect(bookingText(unpaid, "UTC")).toBe("Waits for payment until 1 June at 12:30, Bulky waste, 2 × Sofa, 1 unit");
  });

  test("whose request was deleted says so", () => {
    expect(bookingText(booking({ request: null }), "UTC")).toBe("This request is no longer stored, 1 unit");
  });
});

describe("whether somebody came", () => {
  const request = { service_name: "Hall", items: [], paid_by: "free" as const, no_show_at: null };
  const note = (more: Partial<Booking>, today: string) =>
    attendanceToNote(booking({ request, ...more }), "2026-06-08", today, "Europe/London")?.words ?? null;
  const missed = { request: { ...request, no_show_at: "2026-06-08T23:30:00Z" } };

  test("is noted from its day on", () => {
    expect(note({}, "2026-06-07")).toBeNull();
    expect([note({}, "2026-06-08"), note({}, "2026-06-09")]).toEqual(["Nobody came", "Nobody came"]);
  });

  test("is not noted of what is only held, or was deleted", () => {
    expect([note({ until: "2026-06-08T12:00:00Z" }, "2026-06-08"), note({ request: null }, "2026-06-08")]).toEqual([
      null,
      null,
    ]);
  });

  test("is taken back on the day of the note by the council's clock", () => {
    expect([note(missed, "2026-06-09"), note(missed, "2026-06-10")]).toEqual(["Somebody came after all", null]);
    expect(bookingText(booking(missed), "Europe/London")).toBe(
      "Hall, 1 unit, Nothing to pay, nobody came (noted 9 June at 00:30)",
    );
  });
});

test("a week begins on Monday, also over the end of a year and a clock change", () => {
  expect(["2026-06-08", "2026-06-14", "2027-01-01", "2026-10-25"].map(mondayOf)).toEqual([
    "2026-06-08",
    "2026-06-08",
    "2026-12-28",
    "2026-10-19",
  ]);
  expect([daysAfter("2026-12-31", 1), daysAfter("2026-03-29", -7)]).toEqual(["2027-01-01", "2026-03-22"]);
  expect(weekdayText("2026-06-08")).toMatch(/^Monday,? 8 June 2026$/);
});

test("an address that asks for no day, or for one that does not exist, asks for none", () => {
  const asked = (query: string) => dayInQuery(new URLSearchParams(query), "date");
  expect([asked("date=2026-06-08"), asked(""), asked("date=tomorrow"), asked("date=2026-13-01")]).toEqual([
    "2026-06-08",
    undefined,
    undefined,
    undefined,
  ]);
});
