/** The contact details on the check step; all of them are optional. */
import { isEmail, isPhone, tidyEmail, tidyPhone } from "../../shared/addresses.ts";
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
  if (!byId("channel-choice").hidden && !channel)
    return [{ field: "channel", message: say("Choose who reports this") }];
  if (anonymous) return [];
  showTidied();
  return addressErrors();
}

/** The resident sees the addresses that are sent. */
function showTidied(): void {
  const { email, phone } = currentDraft();
  changeDraft({ email: tidyEmail(email), phone: tidyPhone(phone) });
  for (const field of ["email", "phone"] as const) inputOf(field).value = currentDraft()[field];
}

function addressErrors(): FieldError[] {
  const { email, phone } = currentDraft();
  const errors: FieldError[] = [];
  if (email && !isEmail(email))
    errors.push({ field: "contact.email", message: say("Enter an email address, like name@example.com") });
  if (phone && !isPhone(phone))
    errors.push({ field: "contact.phone", message: say("Enter a phone number like 01632 960 001") });
  return errors;
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
