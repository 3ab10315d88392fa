/** The reports in view as a list, newest first. */
import type { Council, Service } from "../../shared/council.ts";
import { byId, element, show } from "../../shared/dom.ts";
import { promiseTags } from "../../shared/promise.ts";
import { stateTag } from "../../shared/states.ts";
import { reportedText } from "./age.ts";
import { fillWhenVisible } from "./details.ts";
import { kindIcon } from "./kind-icon.ts";
import type { Pin } from "./tiles.ts";
import { say } from "../../shared/say.ts";

const PAGE = 50;

const list = byId("report-list");
const more = byId<HTMLButtonElement>("more");
let shownCount = PAGE;

export function reportLink(pin: Pin, services: Map<string, Service>): HTMLAnchorElement {
  const name = services.get(pin.service_code)?.service_name ?? say("A report");
  return element("a", { href: `/reports/${pin.service_request_id}` }, name);
}

export function drawList(pins: Pin[], council: Council, services: Map<string, Service>): void {
  const focused = document.activeElement?.closest<HTMLElement>("#report-list li")?.dataset["serviceRequestId"];
  const items = pins.slice(0, shownCount).map((pin) => row(pin, council, services));
  list.replaceChildren(...items);
  fillWhenVisible(items, council.request);
  show(more, pins.length > shownCount);
  if (focused) list.querySelector<HTMLElement>(`[data-service-request-id="${focused}"] a`)?.focus();
}

/** The whole row is the link. The street and the photo come later, into room that is kept for them. */
function row(pin: Pin, { time_zone }: Council, services: Map<string, Service>): HTMLElement {
  const link = reportLink(pin, services);
  const name = element("span", { class: "app-row__name" }, ...link.childNodes);
  const reported = element(
    "time",
    { datetime: pin.requested_datetime },
    reportedText(pin.requested_datetime, time_zone),
  );
  const words = element(
    "span",
    { class: "app-row__words" },
    name,
    element("span", { class: "app-row__street", "data-street": "" }),
    element("span", { class: "app-row__facts" }, stateTag(pin.state), ...promiseTags(pin, time_zone), reported),
  );
  const picture = element("span", { class: "app-row__picture", "data-picture": "" });
  link.className = "app-row";
  link.append(kindIcon(pin.service_code), words, picture);
  return element("li", { "data-service-request-id": pin.service_request_id }, link);
}

export function onMore(draw: () => void): void {
  more.addEventListener("click", () => {
    const firstNew = shownCount;
    shownCount += PAGE;
    draw();
    list.querySelectorAll<HTMLElement>("li a")[firstNew]?.focus();
  });
}

export function showFirstPage(): void {
  shownCount = PAGE;
}
