/** This browser's last search, to offer it again. */
import { storedValue } from "../../shared/stored-value.ts";
import type { SearchOrigin } from "./hash.ts";

interface LastSearch {
  kind: string;
  plural: string;
  from: SearchOrigin;
}

export const lastSearch = storedValue<LastSearch>(
  () => localStorage,
  "ginnel.last-search",
  ({ kind, plural, from }) => Boolean(kind && plural) && Number.isFinite(from.lat) && Number.isFinite(from.long),
);
