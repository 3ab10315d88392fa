/** The address whose bin days this browser shows, stored in this browser only. */
import { keptValue } from "../kept-value.ts";

export interface RememberedPremises {
  premises_id: string;
  address: string;
  /** As rounds name it. */
  street: string;
  /** The codes of its rounds. */
  rounds: string[];
  /** When the service was asked for its rounds, in milliseconds. */
  checked_at: number;
}

export const rememberedPremises = keptValue<RememberedPremises>(
  () => localStorage,
  "ginnel.bins",
  ({ rounds, checked_at }) => Array.isArray(rounds) && checked_at > 0,
);
