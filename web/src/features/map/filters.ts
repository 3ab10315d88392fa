/** Open or closed, and the kind of problem. */
import type { Service } from "../../shared/council.ts";
import { byId, element } from "../../shared/dom.ts";
import type { Pin } from "./tiles.ts";

const status = byId<HTMLSelectElement>("filter-status");
const service = byId<HTMLSelectElement>("filter-service");

export function fillFilters(services: Iterable<Service>, onChange: () => void): void {
  for (const { service_code, service_name } of services) {
    service.append(element("option", { value: service_code }, service_name));
  }
  byId("filters").addEventListener("change", onChange);
}

export function passesFilters({ service_code, status: its }: Pick<Pin, "service_code" | "status">): boolean {
  return (!status.value || its === status.value) && (!service.value || service_code === service.value);
}
