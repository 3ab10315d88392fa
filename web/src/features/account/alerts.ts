/** My alerts, and the reports that I follow. */
import { getJson } from "../../shared/api.ts";
import { loadCouncil, loadServices } from "../../shared/council.ts";
import { actionButton, byId, element } from "../../shared/dom.ts";
import { call, errorsOf } from "../../shared/session.ts";
import { alertEntry, type Named, type OwnAlert } from "./alert-entry.ts";
import { openPage, tell } from "./page.ts";
import { say } from "../../shared/say.ts";

interface OwnAlerts {
  items: OwnAlert[];
  next: string | null;
}

const ALERTS = "/api/account/subscriptions";
const PER_PAGE = "20";
const list = byId("alerts");
const more = byId("alerts-more");

void openPage<OwnAlerts>(`${ALERTS}?${new URLSearchParams({ limit: PER_PAGE })}`, (first) => void open(first));

async function open(first: OwnAlerts): Promise<void> {
  add(first, await names());
  if (!list.hasChildNodes()) list.replaceChildren(element("p", {}, say("You have no alerts yet.")));
}

function add(page: OwnAlerts, named: Named): void {
  list.append(...page.items.filter(({ state }) => state !== "stopped").map((alert) => alertEntry(alert, named)));
  const onward = actionButton(say("Show more"), () => void further(page.next!, named));
  more.replaceChildren(...(page.next ? [onward] : []));
}

async function further(cursor: string, named: Named): Promise<void> {
  const page = await call<OwnAlerts>("GET", `${ALERTS}?${new URLSearchParams({ limit: PER_PAGE, cursor })}`);
  if (page.kind === "stored") add(page.value, named);
  else tell(errorsOf(page)[0]!.message);
}

/** If the council's documents cannot be loaded, services and wards are shown by their codes. */
async function names(): Promise<Named> {
  const [services, council] = await Promise.all([loadServices().catch(() => []), loadCouncil().catch(() => null)]);
  const wards = council?.wards
    ? await getJson<{ items: { code: string; name: string }[] }>(council.wards).catch(() => null)
    : null;
  return new Map([
    ...services.map((each) => [each.service_code, each.service_name] as const),
    ...(wards?.items ?? []).map(({ code, name }) => [code, council?.names?.wards[code] ?? name] as const),
  ]);
}
