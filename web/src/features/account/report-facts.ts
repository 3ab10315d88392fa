/** The facts of a report in the list: when it was sent, its state, its booking and payment, and who can see it. */
import { dayElement } from "../../shared/dates.ts";
import { element, screenReaderText } from "../../shared/dom.ts";
import { promiseWords } from "../../shared/promise-words.ts";
import { groupReference } from "../../shared/reference.ts";
import { say, sayParts } from "../../shared/say.ts";
import { stateTag } from "../../shared/states.ts";
import { gardenLines, gardenLink } from "./garden-words.ts";
import type { OwnReport, SentAs } from "./own-report.ts";
import { paidOn, paymentWords } from "./payment-words.ts";
import type { ReportContext } from "./report-list.ts";

const WHO_SEES: Partial<Record<OwnReport["visibility"], string>> = {
  waiting: say("We check reports before publishing them."),
  held: say("It will be published soon."),
  private: say("Only you and the council can see it."),
  hidden: say("It is not public."),
};

type Parts = (Node | string)[];
type SentParts = Record<"day" | "reference", Node>;

const SENT_TEXTS: Record<Exclude<SentAs, "paid">, (said: SentParts) => Parts> = {
  reported: ({ day, reference }) => sayParts("Reported on {day}. Reference {reference}", { day, reference }),
  requested: ({ day, reference }) => sayParts("Requested on {day}. Reference {reference}", { day, reference }),
  booked: ({ day, reference }) => sayParts("Booked on {day}. Reference {reference}", { day, reference }),
};

export function reportFacts(report: OwnReport, about: ReportContext): HTMLElement[] {
  const promise = report.status === "open" && !report.order ? promiseWords(report, about.zone) : [];
  const seen = WHO_SEES[report.visibility];
  return [
    element("p", { class: "app-muted" }, ...sentWords(report, about)),
    element("p", {}, stateTag(report.state)),
    ...(report.address ? [element("p", {}, report.address)] : []),
    ...orderWords(report, about),
    ...gardenWords(report),
    ...promise,
    ...(seen ? [element("p", {}, seen)] : []),
  ];
}

function sentWords(report: OwnReport, about: ReportContext): Parts {
  const { sent_as: sentAs, requested_datetime: at, service_request_id: id } = report;
  if (sentAs === "paid") return paidOn(report, about);
  const reference = element("span", { class: "app-reference" }, groupReference(id));
  return SENT_TEXTS[sentAs]({ day: dayElement(at, about.zone), reference });
}

/** The booked time and the payment; for a cancelled order, the payment alone. */
function orderWords(report: OwnReport, about: ReportContext): HTMLElement[] {
  if (!report.order) return [];
  const { day, slot, is_cancelled: isCancelled, paid_at: paidAt } = report.order;
  if (isCancelled) return paidAt ? paymentWords(report, about) : [];
  const booked = day && slot ? sayParts("Booked for {day}, {slot}", { day: dayElement(day, "UTC"), slot }) : [];
  return [...(booked.length ? [element("p", {}, ...booked)] : []), ...paymentWords(report, about)];
}

/** The garden waste subscription that it bought, with a link to the page that changes it. */
function gardenWords({ garden, tracking_url, service_request_id }: OwnReport): HTMLElement[] {
  if (!garden) return [];
  const [home, status] = gardenLines(garden);
  const about = screenReaderText(` ${groupReference(service_request_id)}`);
  return [
    element("p", {}, element("strong", {}, home), element("br"), status),
    element("p", {}, element("a", { class: "app-link", href: tracking_url }, gardenLink(garden), about)),
  ];
}
