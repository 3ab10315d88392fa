/** The last search of this phone, to be shown again. */
import type { From } from "./hash.ts";

interface LastSearch {
  kind: string;
  plural: string;
  from: From;
}

const PLACE = "ginnel.last-search";

export function lastSearch(): LastSearch | null {
  return JSON.parse(localStorage.getItem(PLACE) ?? "null") as LastSearch | null;
}

export function rememberSearch(search: LastSearch): void {
  localStorage.setItem(PLACE, JSON.stringify(search));
}
