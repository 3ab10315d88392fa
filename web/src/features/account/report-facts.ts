/** What the list says of a report: when it was sent, its state, what it booked and costs, and who sees it. */
import { dayElement } from "../../shared/dates.ts";
import { element, unseen } from "../../shared/dom.ts";
import { pounds } from "../../shared/money.ts";
import { promiseWords } from "../../shared/promise-words.ts";
import { groupReference } from "../../shared/reference.ts";
import { say, sayParts } from "../../shared/say.ts";
import { stateTag } from "../../shared/states.ts";
import { gardenLines, gardenLink } from "./garden-words.ts";
import type { OwnReport, SentAs } from "./own-report.ts";

const WHO_SEES: Partial<Record<OwnReport["visibility"], string>> = {
  waiting: say("We check reports before publishing them."),
  held: say("It will be published soon."),
  private: say("Only you and the council can see it."),
  hidden: say("It is not public."),
};

type Parts = (Node | string)[];
type Said = Record<"day" | "reference", Node>;

const SENT: Record<SentAs, (said: Said) => Parts> = {
  reported: ({ day, reference }) => sayParts("Reported on {day}. Reference {reference}", { day, reference }),
  requested: ({ day, reference }) => sayParts("Requested on {day}. Reference {reference}", { day, reference }),
  booked: ({ day, reference }) => sayParts("Booked on {day}. Reference {reference}", { day, reference }),
  paid: ({ day, reference }) => sayParts("Paid on {day}. Reference {reference}", { day, reference }),
};

export function reportFacts(report: OwnReport, zone: string | undefined): HTMLElement[] {
  const promise = report.status === "open" && !report.order ? promiseWords(report, zone) : [];
  const seen = WHO_SEES[report.visibility];
  return [
    element("p", { class: "app-muted" }, ...sentWords(report, zone)),
    element("p", {}, stateTag(report.state)),
    ...(report.address ? [element("p", {}, report.address)] : []),
    ...orderWords(report),
    ...gardenWords(report),
    ...promise,
    ...(seen ? [element("p", {}, seen)] : []),
  ];
}

function sentWords({ sent_as, order, ...report }: OwnReport, zone: string | undefined): Parts {
  const at = (sent_as === "paid" && order?.paid_at) || report.requested_datetime;
  const reference = element("span", { class: "app-reference" }, groupReference(report.service_request_id));
  return SENT[sent_as]({ day: dayElement(at, zone), reference });
}

/** When it is booked for, and whether it is paid. */
function orderWords({ order }: OwnReport): HTMLElement[] {
  if (!order || order.is_cancelled) return [];
  const { day, slot } = order;
  const booked = day && slot ? [sayParts("Booked for {day}, {slot}", { day: dayElement(day, "UTC"), slot })] : [];
  return [...booked, [paidWords(order)]].map((words) => element("p", {}, ...words));
}

function paidWords(order: NonNullable<OwnReport["order"]>): string {
  const amount = pounds(order.amount_pence);
  if (order.is_to_pay) return say("Not paid yet: {amount}", { amount });
  return order.paid_at ? say("Paid: {amount}", { amount }) : say("Nothing to pay");
}

/** The garden waste subscription that it bought, with a link to the page that changes it. */
function gardenWords({ garden, tracking_url, service_request_id }: OwnReport): HTMLElement[] {
  if (!garden) return [];
  const [home, status] = gardenLines(garden);
  const about = unseen(` ${groupReference(service_request_id)}`);
  return [
    element("p", {}, element("strong", {}, home), element("br"), status),
    element("p", {}, element("a", { class: "app-link", href: tracking_url }, gardenLink(garden), about)),
  ];
}
