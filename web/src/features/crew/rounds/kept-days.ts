/** Puts what an answer brings into the lists on the phone. */
import { keepRounds, keptRounds } from "./kept.ts";
import type { LeftPremises, RoundDay } from "./model.ts";

/** Stores the round that an answer brings, in the list of its day. */
export async function keepRoundDay(fresh: RoundDay): Promise<void> {
  const days = (await keptRounds("day")).get(fresh.day) ?? [];
  await keepRounds(
    "day",
    fresh.day,
    days.map((each) => (each.round === fresh.round ? fresh : each)),
  );
}

/** Stores the address that an answer brings, in the list of its round. */
export async function keepLeft(round: string, day: string, fresh: LeftPremises): Promise<void> {
  const key = `${round}/${day}`;
  const others = ((await keptRounds("left")).get(key) ?? []).filter((each) => each.premises_id !== fresh.premises_id);
  await keepRounds("left", key, [...others, fresh]);
}
