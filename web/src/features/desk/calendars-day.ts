/** One day of a calendar: who has booked, and how much can be booked. */
import { isoDay } from "../../shared/dates.ts";
import { actionButton, byId, element, focusOn, show, screenReaderText, whileBusy } from "../../shared/dom.ts";
import { showRefusedFields } from "../../shared/error-sentences.ts";
import { clearErrors, showErrors } from "../../shared/form-errors.ts";
import { groupReference } from "../../shared/reference.ts";
import { faultOf } from "../../shared/fault.ts";
import { call, errorsOf } from "../../shared/session.ts";
import { showFailure } from "../../shared/staff-page.ts";
import {
  attendanceToNote,
  type BookedDay,
  type BookedSlot,
  type Booking,
  bookingText,
  closedText,
  overbookedText,
  takenText,
} from "./calendar-words.ts";
import { caseAddress, countText, reference, weekdayText } from "./words.ts";

const MOST = 1000;
const status = byId("day-status");
const form = byId<HTMLFormElement>("capacity-form");
const field = byId<HTMLInputElement>("capacity");
let path = "";
let zone = "";
let isVisited = false;
let shownDay: BookedDay;

/** `onChanged` is called after each change of the day. False if it has said why there is nothing to show. */
export async function openDay(
  of: { calendar: string; date: string; zone: string; isVisited: boolean },
  onChanged: () => Promise<unknown>,
): Promise<boolean> {
  zone = of.zone;
  isVisited = of.isVisited;
  path = `/api/calendars/${encodeURIComponent(of.calendar)}/days/${encodeURIComponent(of.date)}`;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void readAndChange(onChanged);
  });
  byId("close-day").addEventListener("click", () => void changeCapacity(0, onChanged));
  return loadDay();
}

async function loadDay(): Promise<boolean> {
  const found = await call<BookedDay>("GET", path);
  if (found.kind !== "stored") {
    showFailure(found);
    return false;
  }
  drawDay(found.value);
  return true;
}

function drawDay(day: BookedDay): void {
  shownDay = day;
  const booked = day.slots.filter(({ bookings }) => bookings.length);
  const others = day.slots.filter(({ bookings }) => !bookings.length).map(({ name }) => name);
  byId("day-heading").textContent = weekdayText(day.day);
  status.textContent = [closedText(day), booked.length ? "" : "Nothing is booked on this day"]
    .filter(Boolean)
    .map((text) => `${text}.`)
    .join(" ");
  const over = overbookedText(day);
  byId("day-over").textContent = over;
  show(byId("day-over"), over !== "");
  byId("slots").replaceChildren(...booked.map((slot) => slotEntry(slot, day.capacity)));
  byId("not-booked").textContent = booked.length && others.length ? `Not booked: ${others.join(", ")}.` : "";
  show(form, day.closed === null);
  show(byId("close-day"), day.capacity > 0);
  field.value = `${day.capacity}`;
}

function slotEntry({ name, taken, bookings }: BookedSlot, capacity: number): HTMLElement {
  return element(
    "li",
    {},
    element("h3", {}, name),
    element("p", { class: "app-muted" }, takenText(taken, capacity)),
    ...bookings.map(bookingEntry),
  );
}

function bookingEntry(booking: Booking): HTMLElement {
  const { service_request_id: id } = booking;
  const link = id ? [element("a", { href: caseAddress(id) }, reference(id)), " "] : [];
  return element("p", {}, ...link, bookingText(booking, zone), ...attendanceButton(booking));
}

function attendanceButton(booking: Booking): (Node | string)[] {
  const { service_request_id: id } = booking;
  const may = isVisited && id ? attendanceToNote(booking, shownDay.day, isoDay(new Date(), zone), zone) : null;
  if (!id || !may) return [];
  const button = actionButton(may.words, () => void noteAttendance(id, may.came));
  button.className = "app-link-button";
  button.append(screenReaderText(`: ${groupReference(id)}`));
  return [" ", button];
}

async function noteAttendance(id: string, came: boolean): Promise<void> {
  const outcome = await whileBusy(byId("slots"), () => call("POST", `/api/reports/${id}/booking/no-show`, { came }));
  if (outcome.kind === "stored") await loadDay();
  status.textContent =
    outcome.kind === "stored"
      ? `${groupReference(id)}: ${came ? "somebody came after all" : "nobody came"}. This is noted.`
      : faultOf(outcome);
  focusOn(byId("day-heading"));
}

async function readAndChange(changed: () => Promise<unknown>): Promise<void> {
  const typed = field.value.trim();
  if (!/^\d+$/.test(typed) || Number(typed) > MOST)
    return showErrors(form, [
      { field: field.id, message: `Enter a whole number from 0 to ${MOST.toLocaleString("en-GB")}` },
    ]);
  await changeCapacity(Number(typed), changed);
}

async function changeCapacity(capacity: number, changed: () => Promise<unknown>): Promise<void> {
  clearErrors(form);
  const headers = { "If-Match": `"${shownDay.version}"` };
  const outcome = await whileBusy(form, () => call<BookedDay>("PATCH", path, { capacity }, headers));
  const isStale = outcome.kind === "refused" && outcome.problem.status === 409;
  if (outcome.kind === "stored") drawDay(outcome.value);
  else if (isStale) await loadDay();
  else
    return showRefusedFields(
      form,
      errorsOf(outcome).map(({ message }) => ({ field: field.id, message })),
    );
  await changed();
  status.textContent = isStale
    ? "Somebody booked or changed this day in the meantime. Check it, then change it again."
    : changedText(capacity);
  focusOn(byId("day-heading"));
}

function changedText(capacity: number): string {
  if (!capacity) return "The day is closed. Nothing more can be booked.";
  return `Changed: each slot of this day has ${countText(capacity, "unit")}.`;
}
