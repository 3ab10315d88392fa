/** My alerts, and the reports that I follow. */
import { getJson } from "../../shared/api.ts";
import { loadCouncil, loadServices } from "../../shared/council.ts";
import { actionButton, byId, element } from "../../shared/dom.ts";
import { call, errorsOf } from "../../shared/session.ts";
import { alertEntry, type CodeNames, type OwnAlert } from "./alert-entry.ts";
import { openPage, setStatus } from "./page.ts";
import { say } from "../../shared/say.ts";

interface OwnAlerts {
  items: OwnAlert[];
  next: string | null;
}

const ALERTS = "/api/account/subscriptions";
const PER_PAGE = "20";
const list = byId("alerts");
const more = byId("alerts-more");

void openPage<OwnAlerts>(`${ALERTS}?${new URLSearchParams({ limit: PER_PAGE })}`, (first) => void showAlerts(first));

async function showAlerts(first: OwnAlerts): Promise<void> {
  addPage(first, await loadNames());
  if (!list.hasChildNodes()) list.replaceChildren(element("p", {}, say("You have no alerts yet.")));
}

function addPage(page: OwnAlerts, named: CodeNames): void {
  list.append(...page.items.filter(({ state }) => state !== "stopped").map((alert) => alertEntry(alert, named)));
  const onward = actionButton(say("Show more"), () => void loadMore(page.next!, named));
  more.replaceChildren(...(page.next ? [onward] : []));
}

async function loadMore(cursor: string, named: CodeNames): Promise<void> {
  const page = await call<OwnAlerts>("GET", `${ALERTS}?${new URLSearchParams({ limit: PER_PAGE, cursor })}`);
  if (page.kind === "stored") addPage(page.value, named);
  else setStatus(errorsOf(page)[0]!.message);
}

/** If the council's documents cannot be loaded, services and wards are shown by their codes. */
async function loadNames(): Promise<CodeNames> {
  const [services, council] = await Promise.all([loadServices().catch(() => []), loadCouncil().catch(() => null)]);
  const wards = council?.wards
    ? await getJson<{ items: { code: string; name: string }[] }>(council.wards).catch(() => null)
    : null;
  return new Map([
    ...services.map((each) => [each.service_code, each.service_name] as const),
    ...(wards?.items ?? []).map(({ code, name }) => [code, council?.names?.wards[code] ?? name] as const),
  ]);
}
