/** Alerts that were not delivered: why, and resending them. For officers. */
import { loadCouncil } from "../../shared/council.ts";
import { momentText } from "../../shared/dates.ts";
import { actionButton, byId, element, focusOn, screenReaderText } from "../../shared/dom.ts";
import { groupReference } from "../../shared/reference.ts";
import { faultOf } from "../../shared/fault.ts";
import { call } from "../../shared/session.ts";
import { openForOfficers, showFailure } from "../../shared/staff-page.ts";

interface FailedAlert {
  alert_id: string;
  channel: string;
  event_type: string;
  service_request_id: string | null;
  tries: number;
  last_error: string | null;
  occurred_at: string;
  updated_at: string;
}

interface FailedAlerts {
  items: FailedAlert[];
  next: string | null;
}

const FAILED = "/api/alerts/failed";
const CHANNELS: Record<string, string> = { email: "Email", sms: "Text message", push: "Notification" };
const EVENTS: Record<string, string> = {
  new: "a new report",
  state_changed: "a change",
  fixed: "the report is fixed",
  updated: "an update",
  repair_question: "a question whether it is fixed",
  officer_question: "a question to the reporter",
  roadworks: "road works",
  disruption: "service disruption",
  collection_reminder: "reminder of a bin collection",
  collection_change: "change of a bin collection",
  booking_reminder: "reminder of a booking",
  confirm: "a confirmation of new alerts",
  digest: "a daily or weekly summary",
};
const reasonSelect = byId<HTMLSelectElement>("why");
const list = byId("failed-list");
const more = byId("failed-more");
let zone: string | undefined;

reasonSelect.addEventListener("change", () => void load());
void openForOfficers(async () => {
  zone = await loadCouncil().then(
    ({ time_zone }) => time_zone,
    () => undefined,
  );
  await load();
});

async function load(cursor?: string): Promise<void> {
  const query = new URLSearchParams({ why: reasonSelect.value, limit: "20", ...(cursor ? { cursor } : {}) });
  const page = await call<FailedAlerts>("GET", `${FAILED}?${query}`);
  if (page.kind !== "stored") return showFailure(page);
  if (!cursor) list.replaceChildren();
  list.append(...page.value.items.map(alertEntry));
  if (!list.hasChildNodes()) list.replaceChildren(element("p", {}, "There are no alerts to show."));
  const { next } = page.value;
  more.replaceChildren(...(next ? [actionButton("Show more", () => void load(next))] : []));
}

function alertEntry(alert: FailedAlert): HTMLElement {
  const { channel, event_type, service_request_id: id, tries, last_error, occurred_at, updated_at } = alert;
  const name = `${CHANNELS[channel] ?? channel}: ${EVENTS[event_type] ?? event_type}`;
  const report = id ? [element("p", {}, "Report ", element("a", { href: `/reports/${id}` }, groupReference(id)))] : [];
  const moment = (iso: string) => momentText(Date.parse(iso), zone);
  const triesText = `Event on ${moment(occurred_at)}. Tried ${tries === 1 ? "once" : `${tries} times`}, last on ${moment(updated_at)}.`;
  const again = actionButton("Resend", () => void send());
  again.append(screenReaderText(` ${name}`));
  const entry = element(
    "section",
    { class: "app-entry" },
    element("h2", { class: "app-entry__name" }, name),
    ...report,
    element(
      "p",
      { class: "app-muted" },
      triesText,
      ...(last_error ? [" Error: ", element("code", {}, last_error)] : []),
    ),
    element("div", { class: "app-buttons" }, again),
  );
  return entry;

  async function send(): Promise<void> {
    again.disabled = true;
    const outcome = await call("POST", `${FAILED}/${alert.alert_id}/again`);
    again.disabled = false;
    const done = element(
      "p",
      { role: "status" },
      outcome.kind === "stored" ? "We are resending this alert." : `${faultOf(outcome)}`,
    );
    entry.querySelector("[role=status]")?.remove();
    entry.append(done);
    if (outcome.kind === "stored") again.parentElement!.remove();
    focusOn(done);
  }
}
