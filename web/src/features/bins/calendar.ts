/** Gives the address of a calendar with the bin days of a premises. */
import { byId, show, whileBusy } from "../../shared/dom.ts";
import { reasonOf } from "../../shared/outcome.ts";
import { say } from "../../shared/say.ts";
import { post } from "../../shared/send.ts";

interface CalendarAddresses {
  url: string;
  webcal_url: string;
}

const place = byId("calendar");
const status = byId("calendar-status");
const found = byId("calendar-found");

/** `premisesId` is asked for when the button is pressed. */
export function startCalendar(premisesId: () => string): void {
  byId("add-calendar").addEventListener("click", () => void whileBusy(place, () => createCalendar(premisesId())));
}

/** Removes the calendar of another address. */
export function clearCalendar(): void {
  status.textContent = "";
  show(found, false);
}

async function createCalendar(premises_id: string): Promise<void> {
  clearCalendar();
  const answer = await post<CalendarAddresses>("/api/collections/calendars", { premises_id }, crypto.randomUUID());
  if (answer.kind === "refused") status.textContent = reasonOf(answer.problem);
  else if (answer.kind === "stored") showCalendar(answer.value);
  else status.textContent = say("We could not make the calendar. Check your connection and try again.");
}

function showCalendar({ url, webcal_url }: CalendarAddresses): void {
  byId<HTMLAnchorElement>("calendar-open").href = webcal_url;
  byId<HTMLInputElement>("calendar-address").value = url;
  show(found);
  byId("calendar-open").focus();
}
