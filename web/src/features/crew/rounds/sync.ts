/** Reads the rounds of the day again, and what the phone needs of a round while it has no signal. */
import { call } from "../../../shared/session.ts";
import { storeRounds, loadRounds } from "./stored-rounds.ts";
import type { LeftPremises, RoundDay, RoundStreet } from "./model.ts";

interface ItemList<Entry> {
  items: Entry[];
}

async function readItems<Entry>(path: string): Promise<Entry[] | null> {
  const answer = await call<ItemList<Entry>>("GET", path);
  return answer.kind === "stored" ? answer.value.items : null;
}

/** Reads the rounds of the day and, of the rounds that were opened, the addresses where bins were not emptied. */
export async function fetchRounds(day: string): Promise<void> {
  const days = await readItems<RoundDay>(`/api/rounds?date=${day}`);
  if (!days) return;
  await storeRounds("day", day, days);
  const opened = await loadRounds("streets");
  for (const { round } of days) if (opened.has(round)) await fetchLeftPremises(round, day);
}

/** The streets of a round with their addresses. The phone keeps them, so a crew opens its round before it leaves. */
export async function fetchRound(round: string, day: string): Promise<void> {
  const streets = await readItems<RoundStreet>(`/api/rounds/streets?${new URLSearchParams({ round })}`);
  if (streets) await storeRounds("streets", round, streets);
  await fetchLeftPremises(round, day);
}

async function fetchLeftPremises(round: string, date: string): Promise<void> {
  const left = await readItems<LeftPremises>(`/api/rounds/premises?${new URLSearchParams({ round, date })}`);
  if (left) await storeRounds("left", `${round}/${date}`, left);
}
