/** Error messages for an alert that was not set up. */
import type { FieldError, Outcome } from "../../shared/api.ts";
import { say } from "../../shared/say.ts";

/** The errors at the fields of the last step, or above the form. */
export function alertErrors(outcome: Outcome<unknown>): FieldError[] {
  if (outcome.kind === "later")
    return [
      {
        field: "",
        message: say("We have not set up your alerts. We've kept your answers. Check your connection and try again"),
      },
    ];
  if (outcome.kind === "stored") return [];
  const { errors, detail, title } = outcome.problem;
  if (!errors?.length) return [{ field: "", message: detail ?? title }];
  return errors.map(({ field, message }) => ({
    field: field === "to" || field === "channel" ? field : "",
    message: message.slice(0, 1).toUpperCase() + message.slice(1),
  }));
}
