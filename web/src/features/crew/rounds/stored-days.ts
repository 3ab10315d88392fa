/** Updates the lists on the phone with the service's answers. */
import { storeRounds, loadRounds } from "./stored-rounds.ts";
import type { LeftPremises, RoundDay } from "./model.ts";

/** Replaces the round in the list of its day. */
export async function storeRoundDay(fresh: RoundDay): Promise<void> {
  const days = (await loadRounds("day")).get(fresh.day) ?? [];
  await storeRounds(
    "day",
    fresh.day,
    days.map((each) => (each.round === fresh.round ? fresh : each)),
  );
}

/** Replaces the address in the list of its round. */
export async function storeLeftPremises(round: string, day: string, fresh: LeftPremises): Promise<void> {
  const key = `${round}/${day}`;
  const others = ((await loadRounds("left")).get(key) ?? []).filter((each) => each.premises_id !== fresh.premises_id);
  await storeRounds("left", key, [...others, fresh]);
}
