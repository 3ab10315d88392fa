/** Open or closed, and the kind of problem, which the address keeps. */
import type { Service } from "../../shared/council.ts";
import { byId, element } from "../../shared/dom.ts";
import type { Pin } from "./tiles.ts";

const status = byId<HTMLSelectElement>("filter-status");
const service = byId<HTMLSelectElement>("filter-service");

const FILTERS = { status, service };

export function fillFilters(services: Iterable<Service>, onChange: () => void): void {
  for (const { service_code, service_name, visibility } of services) {
    if (visibility !== "private") service.append(element("option", { value: service_code }, service_name));
  }
  const address = new URL(location.href);
  for (const [name, select] of Object.entries(FILTERS))
    select.value = offeredValue(select, address.searchParams.get(name));
  byId("filters").addEventListener("change", () => {
    storeInAddress();
    onChange();
  });
}

/** The value, if it is one of the choices. */
function offeredValue(select: HTMLSelectElement, value: string | null): string {
  return [...select.options].some((option) => option.value === value) ? value! : "";
}

function storeInAddress(): void {
  const address = new URL(location.href);
  for (const [name, { value }] of Object.entries(FILTERS)) {
    if (value) address.searchParams.set(name, value);
    else address.searchParams.delete(name);
  }
  history.replaceState(null, "", address);
}

export function passesFilters({ service_code, status: its }: Pick<Pin, "service_code" | "status">): boolean {
  return (!status.value || its === status.value) && (!service.value || service_code === service.value);
}
