/** One line about a call that failed, for pages without a place beside each field. */
import { errorsOf } from "./session.ts";
import type { Outcome } from "./outcome.ts";

/** Why the call failed. Names the field at fault if the message alone does not say what to do. */
export function faultOf(outcome: Outcome<unknown>): string {
  const { field, message } = errorsOf(outcome)[0]!;
  if (!field || !/^(must|is|are) /i.test(message)) return message;
  const name = field.slice(field.lastIndexOf(".") + 1).replaceAll("_", " ");
  return `${name.slice(0, 1).toUpperCase()}${name.slice(1)} ${message.slice(0, 1).toLowerCase()}${message.slice(1)}`;
}
