/** The notifications that were set up in this browser, with the links to change them. */
import { keptValue } from "./kept-value.ts";

interface Heard {
  about: string;
  /** A secret. */
  manage_url: string;
}

export const heardHere = keptValue<Heard[]>(
  () => localStorage,
  "ginnel.alerts",
  (all) => all.every(({ about, manage_url }) => Boolean(about && manage_url)),
);

export function rememberHere(about: string, manage_url: string): void {
  const others = (heardHere.read() ?? []).filter((each) => each.manage_url !== manage_url);
  heardHere.write([...others, { about, manage_url }]);
}
