/** Asks the service for the rounds of an address: when it is chosen, and again from time to time, because councils change rounds. */
import type { Outcome } from "../outcome.ts";
import { askPremises } from "./ask-premises.ts";
import { type RememberedPremises, rememberedPremises } from "./remembered.ts";

const DAY_MS = 24 * 60 * 60 * 1000;

export type PremisesRounds = Pick<RememberedPremises, "rounds" | "street" | "garden_pence">;

export const askRounds = (premises_id: string): Promise<Outcome<PremisesRounds>> =>
  askPremises<PremisesRounds>(`/${encodeURIComponent(premises_id)}/collections`);

/** Asks again after a day. The address with other rounds; null if it has the same. */
export async function changedRounds(of: RememberedPremises): Promise<RememberedPremises | null> {
  const now = Date.now();
  if (now - of.checked_at < DAY_MS) return null;
  const answer = await askRounds(of.premises_id);
  const isForgotten = rememberedPremises.read()?.premises_id !== of.premises_id;
  if (answer.kind !== "stored" || isForgotten) return null;
  const { rounds, street, garden_pence } = answer.value;
  const checked = { ...of, rounds, street, garden_pence, checked_at: now };
  rememberedPremises.write(checked);
  const isSame = rounds.join() === of.rounds.join() && street === of.street && garden_pence === of.garden_pence;
  return isSame ? null : checked;
}
