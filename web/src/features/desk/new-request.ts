/** Starts a form for a caller: the server's form of the service, with a ticket in the officer's name. */
import { loadServices, type Service } from "../../shared/council.ts";
import { byId, element, show, whileBusy } from "../../shared/dom.ts";
import { showRefusedFields } from "../../shared/error-sentences.ts";
import { clearErrors, showErrors } from "../../shared/form-errors.ts";
import { call, errorsOf } from "../../shared/session.ts";
import { openDesk } from "./desk.ts";

interface Ticket {
  ticket: string;
}

const FORM = "/forms/for-caller";
const form = byId<HTMLFormElement>("request-form");
const ticketForm = byId<HTMLFormElement>("ticket-form");
const channel = byId<HTMLSelectElement>("channel");
const service = byId<HTMLSelectElement>("service");
const ticketField = byId<HTMLInputElement>("ticket");

form.addEventListener("submit", (event) => {
  event.preventDefault();
  void startRequest();
});
ticketForm.addEventListener("submit", (event) => {
  event.preventDefault();
  void showTicket();
});
openDesk(open, () => Promise.resolve());

async function open(): Promise<void> {
  const known = await loadServices().catch((): Service[] => []);
  const groups = new Set(known.map(({ group }) => group));
  service.replaceChildren(
    element("option", { value: "" }, "Choose a service"),
    ...[...groups].map((label) =>
      element("optgroup", { label }, ...known.filter(({ group }) => group === label).map(option)),
    ),
  );
}

const option = ({ service_code: value, service_name: name }: Service) => element("option", { value }, name);

async function startRequest(): Promise<void> {
  clearErrors(form);
  if (!service.value) return showErrors(form, [{ field: service.id, message: "Choose a service" }]);
  const ticket = await ticketFor(form, channel.id);
  if (ticket) postForm({ for_caller: ticket, service_code: service.value });
}

async function showTicket(): Promise<void> {
  clearErrors(ticketForm);
  const ticket = await ticketFor(ticketForm, ticketField.id);
  if (!ticket) return;
  ticketField.value = ticket;
  show(byId("ticket-box"));
  ticketField.focus();
  ticketField.select();
}

/** A ticket for the chosen channel; an error is shown in `place`. */
async function ticketFor(place: HTMLElement, field: string): Promise<string | null> {
  const body = { channel: channel.value };
  const outcome = await whileBusy(place, () => call<Ticket>("POST", "/api/desk/caller-tickets", body));
  if (outcome.kind === "stored") return outcome.value.ticket;
  showRefusedFields(
    place,
    errorsOf(outcome).map(({ message }) => ({ field, message })),
  );
  return null;
}

/** Posts the fields, so that the ticket is in no address. */
function postForm(fields: Record<string, string>): void {
  const inputs = Object.entries(fields).map(([name, value]) => element("input", { type: "hidden", name, value }));
  const made = element("form", { method: "post", action: FORM, hidden: "" }, ...inputs);
  document.body.append(made);
  made.submit();
}
