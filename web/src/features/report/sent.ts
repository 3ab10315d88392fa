/** The confirmation: the reference, the target date, what happens next, and a few minutes to withdraw. */
import { loadCouncil } from "../../shared/council.ts";
import { dayText } from "../../shared/dates.ts";
import { byId, element, show } from "../../shared/dom.ts";
import { ownReportOf, rememberOwnReport } from "../../shared/own-reports.ts";
import { groupReference } from "../../shared/reference.ts";
import { staticMap } from "../../shared/static-map.ts";
import { lastSent, type Receipt, type SentReport, type Visibility } from "./sent-reports.ts";
import { offerSharing } from "./sent-share.ts";
import { offerWithdrawal } from "./withdraw.ts";
import { say, sayParts } from "../../shared/say.ts";

const SAVE_LINK = say("Save the address of that page. You need it to see your report.");
const IN_LIST = say("You can also find it under 'Track' in this browser.");
const NEXT: Record<Visibility, string> = {
  public: say(
    "We've sent your report to the team that deals with it. You can check progress on the report's page. Save your reference to find it again.",
  ),
  waiting: say("We check reports before publishing them. Until then, use the link below to see your report."),
  held: say(
    "We've sent your report to the team that deals with it. It will be published soon. Until then, use the link below to see your report.",
  ),
  private: say("We've sent your report to the team that deals with it. Only the council can see it."),
  withdrawn: say("You have withdrawn this report."),
  hidden: say("The report is not public."),
};

export async function enter(): Promise<void> {
  const sent = lastSent();
  if (!sent) return;
  const { receipt } = sent;
  const council = await loadCouncil().catch(() => null);
  byId("sent-reference").textContent = groupReference(receipt.service_request_id);
  byId("sent-promise").textContent = targetText(receipt, council?.time_zone);
  showNextSteps(sent);
  rememberReport(sent);
  offerSharing(receipt);
  offerWithdrawal(sent, council?.withdraw_within_s ?? 0);
}

/** Lists the report under "Track", unless it has an account to be found in, or belongs to another person. */
function rememberReport({ receipt, account, for_other }: SentReport): void {
  if (receipt.visibility === "withdrawn" || account || for_other) return;
  void rememberOwnReport(ownReportOf(receipt));
}

/** The report's private link, with which the resident can see the report and add to it. */
function linkToGive({ tracking_url }: Receipt): HTMLElement[] {
  return [
    element(
      "p",
      {},
      say("Give the resident this link and the reference. They can use the link to see their report and add to it."),
    ),
    element("p", { class: "app-card", id: "sent-link" }, tracking_url),
  ];
}

function pictureOf({ receipt: { lat, long }, where = "" }: SentReport): HTMLElement[] {
  return lat && long ? staticMap({ lat, long, label: where.split("\n")[0]! }) : [];
}

function targetText({ expected_datetime }: Receipt, timeZone?: string): string {
  return expected_datetime
    ? say("We aim to deal with this by {day}.", { day: dayText(expected_datetime, timeZone) })
    : "";
}

function showNextSteps(sent: SentReport): void {
  const { receipt, account, for_other, updates_to, calls_to } = sent;
  const visibility = receipt.visibility ?? "public";
  const placed = receipt.lat !== null && receipt.lat !== undefined;
  const words =
    placed || visibility !== "waiting"
      ? (NEXT[visibility] ?? NEXT.waiting)
      : say(
          "We'll find the location from your description, then publish the report. This takes longer than using a pin. Until then, use the link below to see your report.",
        );
  const needsLink = visibility === "private" && !updates_to;
  const own = account ? say("You can also find it in My reports.") : needsLink ? SAVE_LINK : IN_LIST;
  const more = for_other ? linkToGive(receipt) : own ? [element("p", {}, own)] : [];
  const updates = updates_to
    ? [element("p", {}, ...sayParts("We'll send updates to {to}.", { to: element("strong", {}, updates_to) }))]
    : calls_to
      ? [
          element(
            "p",
            {},
            say(
              "We cannot send texts to {phone}, so you will not get updates. We'll call it if we need to ask you something.",
              { phone: calls_to },
            ),
          ),
        ]
      : [];
  byId("sent-next").replaceChildren(element("p", {}, words), ...updates, ...more);
  const page = byId<HTMLAnchorElement>("sent-page");
  page.href = receipt.tracking_url || `/reports/${receipt.service_request_id}`;
  page.textContent = for_other ? say("See the report") : say("See your report");
  const isPublic = visibility === "public" && placed;
  show(byId("sent-map"), isPublic);
  show(byId("sent-delay"), isPublic);
  show(byId("sent-alerts"), isPublic);
  byId("sent-place").replaceChildren(...pictureOf(sent));
  byId<HTMLAnchorElement>("sent-alerts-link").href = `/alerts/?report=${receipt.service_request_id}`;
  byId<HTMLAnchorElement>("sent-map").href = `/map/#17/${receipt.lat}/${receipt.long}`;
}
