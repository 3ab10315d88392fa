/** The end: the reference, the promise, what happens next, and a short time to take it back. */
import { loadCouncil } from "../../shared/council.ts";
import { dayText } from "../../shared/dates.ts";
import { byId, element, show } from "../../shared/dom.ts";
import { groupReference } from "../../shared/reference.ts";
import { lastSent, type Receipt, type Sent, type Visibility } from "./sent-reports.ts";
import { offerWithdrawal } from "./withdraw.ts";

type Next = { text: string; link: string };

const SAVE_LINK = "Keep this link: only it shows your report.";
const NEXT: Record<Visibility, Next> = {
  public: {
    text: "The team that looks after this has your report. What they do about it is shown on the report's page. Keep the reference to find it again.",
    link: "See your report",
  },
  waiting: { text: "One of us looks at your report before it becomes public. The link below shows it until then.", link: "See your report" },
  held: { text: "The team has your report. It becomes public in a while. The link below shows it until then.", link: "See your report" },
  private: {
    text: "The team that looks after this has your report. Only the council sees it.",
    link: "See your report",
  },
  withdrawn: { text: "You have withdrawn this report.", link: "See your report" },
  hidden: { text: "The report is not public.", link: "See your report" },
};

export async function enter(): Promise<void> {
  const sent = lastSent();
  if (!sent) return;
  const { receipt } = sent;
  const council = await loadCouncil().catch(() => null);
  byId("sent-reference").textContent = groupReference(receipt.service_request_id);
  byId("sent-promise").textContent = promise(receipt, council?.time_zone);
  tellNext(sent);
  offerWithdrawal(sent, council?.withdraw_within_s ?? 0);
}

/** Whoever has it sees the report and adds to it, as if she had sent it herself. */
function linkToGive({ tracking_url }: Receipt): HTMLElement[] {
  return [
    element("p", {}, "Give this link to the resident, with the reference: it shows them their report, and they can add to it."),
    element("p", { class: "app-card", id: "sent-link" }, tracking_url),
  ];
}

function promise({ expected_datetime }: Receipt, timeZone?: string): string {
  return expected_datetime ? `We aim to deal with this by ${dayText(expected_datetime, timeZone)}.` : "";
}

function tellNext({ receipt, account, for_other }: Sent): void {
  const visibility = receipt.visibility ?? "public";
  const { text, link } = NEXT[visibility] ?? NEXT.waiting;
  const placed = receipt.lat !== null && receipt.lat !== undefined;
  const words = placed || visibility !== "waiting" ? text : "One of us finds the place from your words, which takes a little longer. The link below shows your report until then.";
  const own = account ? "You find it in My reports, too." : visibility === "private" ? SAVE_LINK : "";
  const more = for_other ? linkToGive(receipt) : own ? [element("p", {}, own)] : [];
  byId("sent-next").replaceChildren(element("p", {}, words), ...more);
  const page = byId<HTMLAnchorElement>("sent-page");
  page.href = receipt.tracking_url || `/reports/${receipt.service_request_id}`;
  page.textContent = for_other ? "See the report" : link;
  const isPublic = visibility === "public" && placed;
  show(byId("sent-map"), isPublic);
  show(byId("sent-moment"), isPublic);
  show(byId("sent-alerts"), isPublic);
  byId<HTMLAnchorElement>("sent-alerts-link").href = `/alerts/?report=${receipt.service_request_id}`;
  byId<HTMLAnchorElement>("sent-map").href = `/map/#17/${receipt.lat}/${receipt.long}`;
}
