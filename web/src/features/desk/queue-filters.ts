/** The filters of the queue, in the address, the form and saved views. */
import { byId } from "../../shared/dom.ts";
import { stateNames } from "../../shared/states.ts";
import type { CodeName } from "./model.ts";
import { fillSelect, type Names, toCodeNames } from "./names.ts";
import { ANY_ATTENTION, ATTENTION, PRIORITIES } from "./words.ts";

const form = byId<HTMLFormElement>("filters");

/** The known, non-empty filters in the address. */
export function queryOf(address: string): URLSearchParams {
  const asked = new URLSearchParams(address);
  const known = [...form.elements]
    .map((field) => (field as HTMLInputElement).name)
    .filter((name) => name && asked.get(name));
  return new URLSearchParams(known.map((name) => [name, asked.get(name)!]));
}

export function queryOfForm(): URLSearchParams {
  const filled = [...new FormData(form)].map(([name, value]) => [name, String(value).trim()] as [string, string]);
  return new URLSearchParams(filled.filter(([, value]) => value));
}

/** Fills the form with the choices, and selects those in the address. */
export function showFilters({ teams, services, wards }: Names, query: URLSearchParams): void {
  const selects: [name: string, none: string, known: readonly CodeName[]][] = [
    ["team", "All my teams", teams],
    ["service_code", "All", services],
    ["ward_code", "All my wards", wards],
    ["priority", "Any", toCodeNames(PRIORITIES)],
    ["target", "Any", toCodeNames({ late: "Past target", soon: "In the next 48 hours", later: "Later, or no target" })],
    ["state", "All open states", stateNames()],
    ["waits", "Anyone", toCodeNames({ officer: "An officer", reporter: "The reporter" })],
    ["opens", "Anyone", toCodeNames({ job: "A crew", officer: "An officer" })],
    ["attention", "All", toCodeNames({ ...ANY_ATTENTION, ...ATTENTION })],
    ["sort", "By target", toCodeNames({ newest: "Newest first" })],
  ];
  for (const [name, none, known] of selects) fillSelect(byId(name), none, known, query.get(name) ?? "");
  byId<HTMLInputElement>("q").value = query.get("q") ?? "";
}
