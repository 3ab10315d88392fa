/** The step that asks for contact details; all of them are optional. */
import { byId, show } from "../../shared/dom.ts";
import { clearErrors, showErrors } from "../../shared/form-errors.ts";
import { currentService } from "./current-service.ts";
import { changeDraft, currentDraft, renewKey } from "./draft.ts";
import { sectionOf } from "./steps.ts";

const section = sectionOf("contact");
const anonymous = byId<HTMLInputElement>("anonymous");
const noAlerts = byId<HTMLInputElement>("no-alerts");
const FIELDS = ["name", "email", "phone"] as const;
const EMAIL = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;

const inputOf = (field: string) => byId<HTMLInputElement>(`contact-${field}`);

export function start(onward: () => Promise<void>): void {
  for (const field of FIELDS) {
    inputOf(field).addEventListener("input", () => changeDraft({ [field]: inputOf(field).value }));
  }
  noAlerts.addEventListener("change", () => changeDraft({ no_alerts: noAlerts.checked }));
  anonymous.addEventListener("change", () => {
    changeDraft({ anonymous: anonymous.checked });
    // The sender changes, and photos that were already uploaded belong to the old key.
    if (currentDraft().account) renewKey();
    showFields();
  });
  section.querySelector("form")!.addEventListener("submit", () => {
    clearErrors(section);
    const email = currentDraft().email.trim();
    const isAsked = !byId("channel-choice").hidden;
    if (isAsked && !currentDraft().channel)
      showErrors(section, [{ field: "channel", message: "Choose who reports this" }]);
    else if (currentDraft().anonymous || !email || EMAIL.test(email)) void onward();
    else showErrors(section, [{ field: "contact.email", message: "Enter an email address, like name@example.com" }]);
  });
}

export async function enter(): Promise<void> {
  show(byId("anonymous-choice"), !(await currentService())?.why_sign_in);
  fill();
  void import("./sender.ts").then(({ meet }) => meet(fill)).catch(() => undefined);
}

function fill(): void {
  for (const field of FIELDS) inputOf(field).value = currentDraft()[field];
  anonymous.checked = currentDraft().anonymous;
  noAlerts.checked = currentDraft().no_alerts;
  showFields();
}

function showFields(): void {
  clearErrors(section);
  show(byId("contact-fields"), !currentDraft().anonymous);
}
