/** The form for updates on a published report page. */
import { type Outcome, post } from "../../shared/api.ts";
import { startCharacterCount } from "../../shared/character-count.ts";
import { loadCouncil } from "../../shared/council.ts";
import { byId, focusOn, show } from "../../shared/dom.ts";
import { clearErrors, showErrors } from "../../shared/form-errors.ts";
import type { Update } from "../../shared/reports.ts";
import { timelineEntry } from "../../shared/timeline.ts";

const MAX_LENGTH = 2000;

const form = byId<HTMLFormElement>("update-form");
const area = byId<HTMLTextAreaElement>("text");
const button = byId<HTMLButtonElement>("send-update");
const status = byId("update-status");
const id = form.dataset["serviceRequestId"]!;
const place = `ginnel.update.${id}`;
const count = startCharacterCount(area, MAX_LENGTH);
let key = crypto.randomUUID();

show(form);
area.value = sessionStorage.getItem(place) ?? "";
count();
area.addEventListener("input", () => sessionStorage.setItem(place, area.value));
form.addEventListener("submit", (event) => {
  event.preventDefault();
  clearErrors(form);
  const message = problem(area.value.trim());
  if (message) refuse(message);
  else void send();
});

function problem(text: string): string | null {
  if (!text) return "Write your update";
  return text.length > MAX_LENGTH ? "Your update must be 2,000 characters or fewer" : null;
}

function refuse(message: string): void {
  showErrors(form, [{ field: "text", message }]);
}

async function send(): Promise<void> {
  button.disabled = true;
  status.textContent = "Sending your update…";
  const notFixed = form.querySelector<HTMLInputElement>("[value=not_fixed]")?.checked;
  const body = { text: area.value.trim(), ...(notFixed ? { state: "not_fixed" } : {}) };
  const outcome = await post<Update>(`/api/reports/${id}/updates`, body, key);
  button.disabled = false;
  status.textContent = "";
  await settle(outcome);
}

async function settle(outcome: Outcome<Update>): Promise<void> {
  if (outcome.kind === "later") {
    refuse("Not sent yet. What you wrote is kept on this phone. Try again when you have a connection");
  } else if (outcome.kind === "stored") {
    await accept(outcome.value);
  } else if (outcome.problem.status === 409) {
    key = crypto.randomUUID();
    refuse("An earlier version of this update was sent. Open this page again to see it");
  } else {
    const { errors, detail, title } = outcome.problem;
    refuse(errors?.[0]?.message ?? detail ?? title);
  }
}

async function accept(update: Update): Promise<void> {
  const zone = await loadCouncil().then(({ time_zone }) => time_zone, () => undefined);
  const entry = timelineEntry({ by: "resident", ...update }, zone);
  show(byId("no-updates"), false);
  byId("timeline").append(entry);
  form.reset();
  sessionStorage.removeItem(place);
  key = crypto.randomUUID();
  count();
  status.textContent = "Thank you. Your update will be public in a moment.";
  focusOn(entry);
}
