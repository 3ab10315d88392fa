/** The reports in view as a list, newest first. */
import type { Council, Service } from "../../shared/council.ts";
import { dayElement } from "../../shared/dates.ts";
import { byId, element, show } from "../../shared/dom.ts";
import { overdueTag } from "../../shared/promise.ts";
import { stateTag } from "../../shared/states.ts";
import type { Pin } from "./tiles.ts";

const PAGE = 50;

const list = byId("report-list");
const more = byId<HTMLButtonElement>("more");
let shown = PAGE;

export function reportLink(pin: Pin, services: Map<string, Service>): HTMLAnchorElement {
  const name = services.get(pin.service_code)?.service_name ?? "Report";
  return element("a", { href: `/reports/${pin.service_request_id}` }, name);
}

export function drawList(pins: Pin[], council: Council, services: Map<string, Service>): void {
  const focused = document.activeElement?.closest<HTMLElement>("#report-list li")?.dataset["serviceRequestId"];
  const items = pins
    .slice(0, shown)
    .map((pin) =>
      element(
        "li",
        { "data-service-request-id": pin.service_request_id },
        reportLink(pin, services),
        stateTag(pin.state),
        ...overdueTag(pin.expected_datetime, council.time_zone),
        dayElement(pin.requested_datetime, council.time_zone),
      ),
    );
  list.replaceChildren(...items);
  show(more, pins.length > shown);
  if (focused) list.querySelector<HTMLElement>(`[data-service-request-id="${focused}"] a`)?.focus();
}

export function onMore(draw: () => void): void {
  more.addEventListener("click", () => {
    const firstNew = shown;
    shown += PAGE;
    draw();
    list.querySelectorAll<HTMLElement>("li a")[firstNew]?.focus();
  });
}

export function showFirstPage(): void {
  shown = PAGE;
}
