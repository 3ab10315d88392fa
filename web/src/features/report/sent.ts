/** The end: the reference, the promise, what happens next, and a short time to take it back. */
import { loadCouncil } from "../../shared/council.ts";
import { dayText } from "../../shared/dates.ts";
import { byId, element, show } from "../../shared/dom.ts";
import { groupReference } from "../../shared/reference.ts";
import { lastSent, type Receipt, type Visibility } from "./sent-reports.ts";
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
    text: `The team that looks after this has your report. Only the council sees it. ${SAVE_LINK}`,
    link: "See your report, and keep its link",
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
  tellNext(receipt);
  offerWithdrawal(sent, council?.withdraw_within_s ?? 0);
}

function promise({ expected_datetime }: Receipt, timeZone?: string): string {
  return expected_datetime ? `We aim to deal with this by ${dayText(expected_datetime, timeZone)}.` : "";
}

function tellNext(receipt: Receipt): void {
  const visibility = receipt.visibility ?? "public";
  const { text, link } = NEXT[visibility] ?? NEXT.waiting;
  const placed = receipt.lat !== null && receipt.lat !== undefined;
  const words = placed || visibility !== "waiting" ? text : "One of us finds the place from your words, which takes a little longer. The link below shows your report until then.";
  byId("sent-next").replaceChildren(element("p", {}, words));
  const page = byId<HTMLAnchorElement>("sent-page");
  page.href = receipt.tracking_url || `/reports/${receipt.service_request_id}`;
  page.textContent = link;
  const isPublic = visibility === "public" && placed;
  show(byId("sent-map"), isPublic);
  show(byId("sent-moment"), isPublic);
  byId<HTMLAnchorElement>("sent-map").href = `/map/#17/${receipt.lat}/${receipt.long}`;
}
