/** Reads the rounds of the day again, and what the phone needs of a round while it has no signal. */
import { call } from "../../../shared/session.ts";
import { keepRounds, keptRounds } from "./kept.ts";
import type { LeftPremises, RoundDay, RoundStreet } from "./model.ts";

interface List<Entry> {
  items: Entry[];
}

async function read<Entry>(path: string): Promise<Entry[] | null> {
  const answer = await call<List<Entry>>("GET", path);
  return answer.kind === "stored" ? answer.value.items : null;
}

/** The day, and the addresses that the opened rounds left. */
export async function readRoundsAnew(day: string): Promise<void> {
  const days = await read<RoundDay>(`/api/rounds?date=${day}`);
  if (!days) return;
  await keepRounds("day", day, days);
  const opened = await keptRounds("streets");
  for (const { round } of days) if (opened.has(round)) await readLeft(round, day);
}

/** The streets of a round with their addresses. The phone keeps them, so a crew opens its round before it leaves. */
export async function openRound(round: string, day: string): Promise<void> {
  const streets = await read<RoundStreet>(`/api/rounds/streets?${new URLSearchParams({ round })}`);
  if (streets) await keepRounds("streets", round, streets);
  await readLeft(round, day);
}

async function readLeft(round: string, date: string): Promise<void> {
  const left = await read<LeftPremises>(`/api/rounds/premises?${new URLSearchParams({ round, date })}`);
  if (left) await keepRounds("left", `${round}/${date}`, left);
}
