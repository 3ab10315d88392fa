/** The states of a report: their labels, and the style of their tags. */
import { element } from "./dom.ts";

export const STATES = {
  open: ["Open", ""],
  for_triage: ["Being looked at", ""],
  investigating: ["Investigating", "working"],
  in_progress: ["In progress", "working"],
  action_scheduled: ["Work planned", "working"],
  reopen: ["Reopened", ""],
  fixed: ["Fixed", "fixed"],
  closed: ["Closed", "ended"],
  duplicate: ["Duplicate", "ended"],
  not_councils_responsibility: ["Not the council's responsibility", "ended"],
  no_further_action: ["No further action", "ended"],
  internal_referral: ["Passed to another team", "ended"],
  cancelled: ["Cancelled", "ended"],
} as const;

export type State = keyof typeof STATES;

/** All states with their labels. */
export const stateNames = () => Object.entries(STATES).map(([code, [name]]) => ({ code: code as State, name }));

export function stateTag(state: State): HTMLElement {
  const [label, kind] = STATES[state];
  return element("strong", { class: kind ? `govuk-tag app-tag--${kind}` : "govuk-tag" }, label);
}
