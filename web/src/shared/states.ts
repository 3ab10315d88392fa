/** The states of a report: their labels, and the style of their tags. */
import { element } from "./dom.ts";
import { say } from "./say.ts";

export const STATES = {
  open: [say("Open"), ""],
  for_triage: [say("Being looked at"), ""],
  investigating: [say("Investigating"), "working"],
  in_progress: [say("In progress"), "working"],
  action_scheduled: [say("Work planned"), "working"],
  reopen: [say("Reopened"), ""],
  fixed: [say("Fixed"), "fixed"],
  closed: [say("Closed"), "ended"],
  duplicate: [say("Duplicate"), "ended"],
  not_councils_responsibility: [say("Not the council's responsibility"), "ended"],
  no_further_action: [say("No further action"), "ended"],
  internal_referral: [say("Passed to another team"), "ended"],
  cancelled: [say("Cancelled"), "ended"],
} as const;

export type State = keyof typeof STATES;

/** All states with their labels. */
export const stateNames = () => Object.entries(STATES).map(([code, [name]]) => ({ code: code as State, name }));

export function stateTag(state: State): HTMLElement {
  const [label, kind] = STATES[state];
  return element("strong", { class: kind ? `govuk-tag app-tag--${kind}` : "govuk-tag" }, label);
}
