/** States, kinds and reasons in words; reasons are those of chalicelib/jobs/labels.py. */
import { dayText } from "../../shared/dates.ts";
import { KIND_WORDS, reasonWords, type RoundReason } from "./rounds/model.ts";
import type { JobEventKind, Item, Job, JobState, Priority, Reason, RecordedState } from "./model.ts";

export const STATES: Record<JobState, [words: string, kind: string]> = {
  to_plan: ["To be planned", "ended"],
  planned: ["To do", ""],
  started: ["Started", "working"],
  done: ["Done", "fixed"],
  could_not: ["Could not be done", "ended"],
  handed_over: ["Handed over", "ended"],
  cancelled: ["Cancelled", "ended"],
};

export const KINDS: Record<Job["kind"], string> = {
  inspect: "Inspection",
  make_safe: "Making safe",
  repair: "Repair",
  collect: "Collection",
  deliver: "Delivery",
  revisit: "Second visit",
};

export const EVENT_LABELS: Record<JobEventKind, string> = {
  start: "Started",
  done: "Done",
  could_not: "Could not be done",
  hand_over: "Handed over",
  note: "Note",
  photo: "Photo",
  new_date: "New date",
};

export const REASONS: Record<Reason, string> = {
  no_access: "We could not get in",
  not_found: "We could not find it",
  parked_car: "A parked car was in the way",
  needs_other_team: "Another team has to do it",
  needs_materials: "We did not have the materials",
  unsafe: "It was not safe to work there",
  already_done: "It was already done",
  other: "Something else",
};

export const PRIORITIES: Partial<Record<Priority, string>> = { high: "High priority", urgent: "Urgent" };

const WHO: Record<NonNullable<RecordedState["by"]>, string> = {
  crew: "another phone",
  contractor: "a contractor",
  office: "the office",
};

export const whoText = ({ by }: RecordedState) => WHO[by ?? "office"];

export function photosText(count: number): string {
  return count === 1 ? "1 photo" : `${count} photos`;
}

export function jobsText(count: number): string {
  return count === 1 ? "1 job" : `${count} jobs`;
}

/** An item on the phone in one line. */
export function itemText({
  kind,
  reason,
  day,
  text,
  round,
}: Pick<Item, "kind" | "reason" | "day" | "text" | "round">): string {
  const because = reason && (round ? reasonWords(reason as RoundReason) : REASONS[reason as Reason]);
  const words = [because, day ? dayText(day) : "", text];
  return [{ ...EVENT_LABELS, ...KIND_WORDS }[kind], ...words.filter(Boolean)].join(": ");
}

export function minutesText(minutes: number): string {
  if (minutes < 60) return `${minutes} min`;
  const rest = minutes % 60;
  return rest ? `${Math.floor(minutes / 60)} h ${rest} min` : `${minutes / 60} h`;
}
