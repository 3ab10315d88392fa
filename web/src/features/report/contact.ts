/** The contact details on the check step; all of them are optional. */
import { byId, show } from "../../shared/dom.ts";
import type { FieldError } from "../../shared/api.ts";
import { clearErrors } from "../../shared/form-errors.ts";
import { currentService } from "./current-service.ts";
import { changeDraft, currentDraft, renewKey } from "./draft.ts";
import { sectionOf } from "./steps.ts";
import { say } from "../../shared/say.ts";

const section = sectionOf("check");
const anonymous = byId<HTMLInputElement>("anonymous");
const noAlerts = byId<HTMLInputElement>("no-alerts");
const FIELDS = ["name", "email", "phone"] as const;
const EMAIL = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;

const inputOf = (field: string) => byId<HTMLInputElement>(`contact-${field}`);

export function startContact(): void {
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
}

export function contactErrors(): FieldError[] {
  const { anonymous, channel } = currentDraft();
  const email = currentDraft().email.trim();
  if (!byId("channel-choice").hidden && !channel)
    return [{ field: "channel", message: say("Choose who reports this") }];
  if (anonymous || !email || EMAIL.test(email)) return [];
  return [{ field: "contact.email", message: say("Enter an email address, like name@example.com") }];
}

export async function enterContact(): Promise<void> {
  show(byId("anonymous-choice"), !(await currentService())?.why_sign_in);
  fillFields();
  void import("./sender.ts").then(({ applyAccount }) => applyAccount(fillFields)).catch(() => undefined);
}

function fillFields(): void {
  for (const field of FIELDS) inputOf(field).value = currentDraft()[field];
  anonymous.checked = currentDraft().anonymous;
  noAlerts.checked = currentDraft().no_alerts;
  showFields();
}

function showFields(): void {
  clearErrors(section);
  show(byId("contact-fields"), !currentDraft().anonymous);
}
