/** The new date for the work, with its reason, in the forms that change one case or several. */
import type { FieldError } from "../../shared/api.ts";
import { byId } from "../../shared/dom.ts";

export interface NewDate {
  day: string;
  reason: string;
}

/** What was entered, or what is missing; null if nothing was entered. */
export function readNewDate(): NewDate | FieldError | null {
  const day = byId<HTMLInputElement>("new_date").value;
  const reason = byId<HTMLInputElement>("new_date_reason").value.trim();
  if (!day && !reason) return null;
  if (!day) return { field: "new_date", message: "Enter the new date" };
  if (!reason) return { field: "new_date_reason", message: "Enter the reason for the new date" };
  return { day, reason };
}
