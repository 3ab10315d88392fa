/** The address whose bin days this browser shows, stored in this browser only. */
import { keptValue } from "../kept-value.ts";

export interface RememberedPremises {
  premises_id: string;
  address: string;
  /** As rounds name it. */
  street: string;
  /** The codes of its rounds. */
  rounds: string[];
}

export const rememberedPremises = keptValue<RememberedPremises>(
  () => localStorage,
  "ginnel.bins",
  ({ premises_id, address, rounds }) => Boolean(premises_id && address) && Array.isArray(rounds),
);
