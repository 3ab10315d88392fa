/** The filters of the queue: what stands in the address, in the form and in a view that is saved. */
import { byId } from "../../shared/dom.ts";
import { stateNames } from "../../shared/states.ts";
import type { Named } from "./model.ts";
import { fillSelect, type Names, named } from "./names.ts";
import { ANY_ATTENTION, ATTENTION, PRIORITIES } from "./words.ts";

const form = byId<HTMLFormElement>("filters");

/** What the address asks for: nothing but known filters that say something. */
export function queryOf(address: string): URLSearchParams {
  const asked = new URLSearchParams(address);
  const known = [...form.elements].map((field) => (field as HTMLInputElement).name).filter((name) => name && asked.get(name));
  return new URLSearchParams(known.map((name) => [name, asked.get(name)!]));
}

export function queryOfForm(): URLSearchParams {
  const filled = [...new FormData(form)].map(([name, value]) => [name, String(value).trim()] as [string, string]);
  return new URLSearchParams(filled.filter(([, value]) => value));
}

/** Fills the form with what there is to choose, and with what is chosen. */
export function showFilters({ teams, services, wards }: Names, query: URLSearchParams): void {
  const selects: [name: string, none: string, known: readonly Named[]][] = [
    ["team", "All of mine", teams],
    ["service_code", "All", services],
    ["ward_code", "All of mine", wards],
    ["priority", "Any", named(PRIORITIES)],
    ["target", "Any", named({ late: "Passed", soon: "In the next 48 hours", later: "Later, or none" })],
    ["state", "All that are open", stateNames()],
    ["waits", "Anybody", named({ officer: "An officer", reporter: "Whoever sent it" })],
    ["opens", "Anybody", named({ job: "A crew", officer: "An officer" })],
    ["attention", "All", named({ ...ANY_ATTENTION, ...ATTENTION })],
    ["sort", "By target", named({ newest: "The newest first" })],
  ];
  for (const [name, none, known] of selects) fillSelect(byId(name), none, known, query.get(name) ?? "");
  byId<HTMLInputElement>("q").value = query.get("q") ?? "";
}
