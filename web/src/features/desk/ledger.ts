/** The money of some days by fund, whether the payment provider says the same, and all of it as CSV. */
import { loadCouncil } from "../../shared/council.ts";
import { dataTable } from "../../shared/data-table.ts";
import { isoDay, momentText } from "../../shared/dates.ts";
import { byId, element, show, whileBusy } from "../../shared/dom.ts";
import { pounds } from "../../shared/money.ts";
import { parseReference } from "../../shared/reference.ts";
import { faultOf } from "../../shared/fault.ts";
import { call } from "../../shared/session.ts";
import { showFailure } from "../../shared/staff-page.ts";
import { openDesk } from "./desk.ts";
import {
  daysOf,
  type Difference,
  differenceText,
  type Entry,
  fundRows,
  kindText,
  type Ledger,
  type Reconciliation,
  reconciledText,
} from "./ledger-words.ts";
import { caseAddress, dayInQuery, daysAfter, reference, weekdayText } from "./words.ts";

let zone = "Europe/London";
let path = "";

openDesk(open, load);
byId("download").addEventListener("click", () => void download());

/** From yesterday, whose money was compared this morning, unless the address names other days. */
async function open(): Promise<boolean> {
  zone = (await loadCouncil().catch(() => null))?.time_zone ?? zone;
  const asked = new URLSearchParams(location.search);
  const today = isoDay(new Date(), zone);
  const day = dayInQuery(asked, "day") ?? daysAfter(today, -1);
  const to = dayInQuery(asked, "to") ?? (asked.has("day") ? day : today);
  byId<HTMLInputElement>("day").value = day;
  byId<HTMLInputElement>("to").value = to;
  show(byId("choose-days"));
  path = `/api/ledger?${new URLSearchParams({ day, to })}`;
  return load();
}

async function load(): Promise<boolean> {
  const found = await call<Ledger>("GET", path);
  if (found.kind !== "stored") {
    showFailure(found);
    return false;
  }
  draw(found.value);
  return true;
}

function draw(ledger: Ledger): void {
  const { day, to, items, funds, reconciled, unresolved } = ledger;
  byId("ledger-heading").textContent = day === to ? weekdayText(day) : `${weekdayText(day)} to ${weekdayText(to)}`;
  byId("funds").replaceChildren(
    funds.length
      ? dataTable("Sums by fund", ["Fund", "In", "Out", "Sum"], fundRows(funds))
      : element("p", {}, "No money came in or went out."),
  );
  const lines = daysOf(ledger).map((each) =>
    reconciliation(
      each,
      reconciled.find((one) => one.day === each),
      unresolved.find((one) => one.day === each)?.differences,
    ),
  );
  byId("reconciled").replaceChildren(...lines);
  byId("entries").replaceChildren(
    items.length
      ? dataTable("Payments and refunds", ["Case", "Fund", "Amount"], items.map(rowOf))
      : element("p", {}, "There are none. Choose other days, at most seven at once."),
  );
  show(byId("download"), items.length > 0);
}

function rowOf(entry: Entry): (Node | string)[] {
  const when = `${kindText(entry)}, ${momentText(Date.parse(entry.at), zone)}`;
  const name = element(
    "span",
    {},
    caseLink(entry.service_request_id),
    element("span", { class: "desk-ledger__when" }, when),
  );
  return [name, entry.fund, pounds(entry.amount_pence)];
}

function reconciliation(day: string, found: Reconciliation | undefined, open: Difference[] = []): HTMLElement {
  const lines = (found?.differences ?? open).map(differenceLine);
  const tag = element("strong", { class: "govuk-tag desk-tag--late" }, "Differs");
  return element(
    "li",
    {},
    element("p", {}, ...(lines.length ? [tag, " "] : []), reconciledText(day, found, zone)),
    ...(lines.length ? [element("ul", { class: "app-bullets" }, ...lines)] : []),
  );
}

function differenceLine(difference: Difference): HTMLElement {
  const words = `: ${differenceText(difference)} (${difference.entry_id})`;
  return element("li", {}, kindText(difference), " ", caseLink(difference.reference), words);
}

/** The provider may have money for something that is no request of ours. */
const caseLink = (id: string) =>
  parseReference(id) ? element("a", { href: caseAddress(id) }, reference(id)) : id || "without a reference";

async function download(): Promise<void> {
  const status = byId("told");
  status.textContent = "";
  const found = await whileBusy(byId("staff-page"), () => call<string>("GET", path, undefined, { Accept: "text/csv" }));
  if (found.kind !== "stored") {
    status.textContent = faultOf(found);
    return;
  }
  const { value: day } = byId<HTMLInputElement>("day");
  const href = URL.createObjectURL(new Blob([found.value], { type: "text/csv" }));
  element("a", { href, download: `ledger-${day}.csv` }).click();
}
