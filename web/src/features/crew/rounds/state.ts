/** The rounds of a day, with this phone's waiting operations on top. */
import type { Item } from "../model.ts";
import { loadRounds } from "./stored-rounds.ts";
import type { LeftPremises, RoundDay, RoundKind, RoundReason, RoundState, RoundStreet } from "./model.ts";

export interface Rounds {
  /** Null while they were never read. */
  days: RoundDay[] | null;
  streets: Map<string, RoundStreet[]>;
  left: Map<string, LeftPremises[]>;
}

/** A round as the crew sees it; `waiting` are its operations that are not sent yet. */
export interface RoundView {
  round: RoundDay;
  state: RoundState;
  missed: { street: string; reason: RoundReason }[];
  left: { premises_id: string; address: string; reason: RoundReason; version: number }[];
  waiting: Item[];
}

export const NO_ROUNDS: Rounds = { days: null, streets: new Map(), left: new Map() };
const STATE_AFTER_RECORD: Partial<Record<RoundKind, RoundState>> = { out: "out", finished: "finished", off: "off" };

export async function readRounds(day: string): Promise<Rounds> {
  const [days, streets, left] = await Promise.all([loadRounds("day"), loadRounds("streets"), loadRounds("left")]);
  return { days: days.get(day) ?? null, streets, left };
}

export const leftKey = ({ round, day }: RoundDay) => `${round}/${day}`;

export function toRoundView(round: RoundDay, { left }: Rounds, items: Item[]): RoundView {
  const waiting = items.filter(({ round: of }) => of?.code === round.round && of.day === round.day);
  const said = waiting.filter(({ attention }) => attention === null);
  const known = (left.get(leftKey(round)) ?? []).filter(({ is_emptied }) => !is_emptied);
  const start: RoundView = {
    round,
    state: round.state,
    missed: round.streets.map(({ street, reason }) => ({ street, reason })),
    left: known.map(({ premises_id, address, reason, version }) => ({
      premises_id,
      address,
      reason: reason ?? "other",
      version,
    })),
    waiting,
  };
  return said.reduce(withItem, start);
}

function withItem(shown: RoundView, { kind, reason, round }: Item): RoundView {
  const { street, premises_id, address = "" } = round!;
  const because = (reason ?? "other") as RoundReason;
  const missed = shown.missed.filter((each) => each.street !== street);
  const left = shown.left.filter((each) => each.premises_id !== premises_id);
  if (kind === "street_missed") return { ...shown, missed: [...missed, { street: street!, reason: because }] };
  if (kind === "street_reached") return { ...shown, missed };
  if (kind === "emptied") return { ...shown, left };
  if (kind === "not_emptied")
    return { ...shown, left: [...left, { premises_id: premises_id!, address, reason: because, version: 0 }] };
  return { ...shown, state: STATE_AFTER_RECORD[kind as RoundKind] ?? shown.state };
}
