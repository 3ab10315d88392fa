/** The address whose bin days this browser shows, stored in this browser only. */
import { storedValue } from "../stored-value.ts";
import type { Period } from "./rounds.ts";

export interface RememberedPremises {
  premises_id: string;
  address: string;
  /** As rounds name it. */
  street: string;
  /** The codes of its rounds. */
  rounds: string[];
  /** The periods in which some of the rounds collect here; in others they do not. */
  only_within?: Record<string, Period[]>;
  /** What the first container of a garden waste subscription costs, where the address can have one. */
  garden_pence?: number | null;
  /** When the service was asked for its rounds, in milliseconds. */
  checked_at: number;
  /** When the offer of garden waste was followed last, in milliseconds. */
  offer_followed_at?: number;
}

export const rememberedPremises = storedValue<RememberedPremises>(
  () => localStorage,
  "ginnel.bins",
  ({ rounds, checked_at }) => Array.isArray(rounds) && checked_at > 0,
);
