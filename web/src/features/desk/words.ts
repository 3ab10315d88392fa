/** A case's target, priority and visibility in words. */
import { dayText, isoDay } from "../../shared/dates.ts";
import { element } from "../../shared/dom.ts";
import { groupReference } from "../../shared/reference.ts";
import type { Attention, Need, Order, Priority, Target, Visibility } from "./model.ts";

export const PRIORITIES: Record<Priority, string> = { low: "Low", normal: "Normal", high: "High", urgent: "Urgent" };

/** The visibilities that officers choose from. */
export const VISIBILITIES = {
  public: "Everyone",
  waiting: "Officers and the reporter, until an officer publishes it",
  private: "Officers and the reporter",
  hidden: "Only officers",
};
export const ALL_VISIBILITIES: Record<Visibility, string> = {
  ...VISIBILITIES,
  held: "Officers and the reporter, until it is published",
  unconfirmed: "Officers and the reporter, until it is confirmed or paid",
  withdrawn: "Only officers. The reporter has withdrawn it",
};

export const ATTENTION = {
  held: "Held back",
  waiting: "Waiting to be published",
  flagged: "Flagged by a reader",
  slot_lost: "Paid after the slot had gone",
  refund_failed: "A refund failed",
  could_not: "Could not be done",
  handed_over: "Handed over",
  answered: "Answered by the reporter",
  updated: "Update by a resident",
  review: "To be reviewed",
} as const;

/** Why a case needs attention, such as: To be reviewed, 23 November 2027. */
export function attentionText({
  attention,
  review_on,
}: {
  attention: Attention | null;
  review_on: string | null;
}): string {
  if (!attention) return "";
  return attention === "review" && review_on ? `${ATTENTION.review}, ${dayText(review_on)}` : ATTENTION[attention];
}

/** The extra choice of the filter. */
export const ANY_ATTENTION = { any: "Anything" } as const;

const NEEDS: Record<Need["reason"], string> = {
  contractor_text: "A contractor's text is waiting for review",
  slot_lost: "It was paid after the slot had gone",
  refund_failed:
    "Money could not be sent back to the card. Send it again, or pay it in another way and mark this as handled",
  could_not: "The work could not be done",
  handed_over: "The work was handed over",
  answered: "The reporter answered a question",
  updated: "A resident added an update",
};

/** The reason, its author and the author's text. */
export function needText({ reason, by, why }: Need): string {
  return [by ? `${NEEDS[reason]}, ${by}` : NEEDS[reason], why].filter(Boolean).join(": ");
}

export const CHANNELS: Record<string, string> = {
  online: "online",
  phone: "by phone",
  counter: "at a counter",
  letter: "by letter",
  social: "on social media",
};

/** How an order was paid. */
export const PAID: Record<NonNullable<Order["paid_by"]>, string> = {
  card: "Paid by card",
  receipt: "Paid in another way",
  free: "Nothing to pay",
  waived: "An officer decided that nothing is paid",
};

const DAY_H = 24;

interface Due {
  target: Target;
  hours_left: number | null;
  expected_datetime: string | null;
}

/** The target in words, such as: 3 days late, due in 5 hours, or the day. */
export function targetText({ target, hours_left, expected_datetime }: Due): string {
  if (target === "none" || hours_left === null) return "No target";
  if (target === "late") return `${spanText(-hours_left)} late`;
  if (target === "soon") return hours_left < 1 ? "Due within the hour" : `Due in ${spanText(hours_left)}`;
  return `Due ${dayText(expected_datetime!)}`;
}

export function targetTag(due: Due): HTMLElement {
  const kind = {
    late: " desk-tag--late",
    soon: " desk-tag--soon",
    in_time: " app-tag--ended",
    none: " app-tag--ended",
  }[due.target];
  return element("strong", { class: `govuk-tag${kind}` }, targetText(due));
}

/** The priority's tag; none for normal priority. */
export function priorityTag(priority: Priority): HTMLElement[] {
  if (priority === "normal") return [];
  const kind = priority === "low" ? "app-tag--ended" : "desk-tag--late";
  return [
    element(
      "strong",
      { class: `govuk-tag ${kind}` },
      priority === "urgent" ? "Urgent" : `${PRIORITIES[priority]} priority`,
    ),
  ];
}

function spanText(hours: number): string {
  if (hours < 2) return "1 hour";
  if (hours < 2 * DAY_H) return `${hours} hours`;
  return `${Math.floor(hours / DAY_H)} days`;
}

export function countText(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString("en-GB")} ${count === 1 ? one : many}`;
}

export const caseAddress = (id: string) => `/desk/case/?${new URLSearchParams({ id })}`;

export function reference(id: string): HTMLElement {
  return element("span", { class: "app-reference" }, groupReference(id));
}

export const titleOf = ({ title, service_name }: { title: string | null; service_name: string }) =>
  title || service_name;

/** Such as: Monday 8 June 2026. */
export function weekdayText(iso: string): string {
  return new Intl.DateTimeFormat("en-GB", {
    weekday: "long",
    day: "numeric",
    month: "long",
    year: "numeric",
    timeZone: "UTC",
  }).format(noonOf(iso));
}

/** The day that an address asks for; undefined if it asks for none, or for one that does not exist. */
export function dayInQuery(asked: URLSearchParams, name: string): string | undefined {
  const day = asked.get(name) ?? "";
  return /^\d{4}-\d\d-\d\d$/.test(day) && !Number.isNaN(noonOf(day).getTime()) ? day : undefined;
}

/** The day so many days after that one, or before it. */
export function daysAfter(iso: string, days: number): string {
  const noon = noonOf(iso);
  noon.setUTCDate(noon.getUTCDate() + days);
  return isoDay(noon, "UTC");
}

/** The Monday of that day's week. */
export const mondayOf = (iso: string) => daysAfter(iso, -((noonOf(iso).getUTCDay() + 6) % 7));

const noonOf = (iso: string) => new Date(`${iso}T12:00:00Z`);
