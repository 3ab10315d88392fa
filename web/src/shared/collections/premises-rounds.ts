/** Asks the service for the rounds of an address: when it is chosen, and again from time to time, because councils change rounds. */
import type { Outcome } from "../outcome.ts";
import { askPremises } from "./ask-premises.ts";
import { type RememberedPremises, rememberedPremises } from "./saved-address.ts";

const DAY_MS = 24 * 60 * 60 * 1000;

export type PremisesRounds = Pick<RememberedPremises, "rounds" | "only_within" | "street" | "garden_pence">;

export const askRounds = (premises_id: string): Promise<Outcome<PremisesRounds>> =>
  askPremises<PremisesRounds>(`/${encodeURIComponent(premises_id)}/collections`);

/**
 * Asks for the rounds of the address again: once a day, and at each view during the day after the resident opened the
 * garden waste offer. Returns the address with the changed rounds, or null if nothing has changed.
 */
export async function refreshRounds(of: RememberedPremises): Promise<RememberedPremises | null> {
  const now = Date.now();
  const isBuying = now - (of.offer_followed_at ?? 0) < DAY_MS;
  if (now - of.checked_at < DAY_MS && !isBuying) return null;
  const answer = await askRounds(of.premises_id);
  const kept = rememberedPremises.read();
  if (answer.kind !== "stored" || kept?.premises_id !== of.premises_id) return null;
  const found = roundsIn(answer.value);
  const checked = { ...kept, ...found, checked_at: now };
  rememberedPremises.write(checked);
  return JSON.stringify(found) === JSON.stringify(roundsIn(of)) ? null : checked;
}

/** What is remembered of an answer about the rounds of an address. */
export const roundsIn = ({ rounds, only_within, street, garden_pence }: PremisesRounds): PremisesRounds => ({
  rounds,
  ...(only_within && Object.keys(only_within).length > 0 ? { only_within } : {}),
  street,
  garden_pence,
});

/** Remembers that the resident has opened the garden waste offer for the address. */
export function rememberGardenOffer(): void {
  const premises = rememberedPremises.read();
  if (premises) rememberedPremises.write({ ...premises, offer_followed_at: Date.now() });
}
