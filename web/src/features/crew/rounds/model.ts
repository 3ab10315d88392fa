/** Collection rounds in the API, and the operations of crews on them. */

export type RoundState = "to_come" | "out" | "finished" | "off";
export type RoundKind = "out" | "finished" | "off" | "street_missed" | "street_reached" | "not_emptied" | "emptied";
export type RoundReason =
  | "parked_cars"
  | "road_closed"
  | "weather"
  | "breakdown"
  | "no_crew"
  | "no_time"
  | "not_out"
  | "contaminated"
  | "too_heavy"
  | "extra_waste"
  | "no_access"
  | "other";

export interface RoundDispute {
  op_id: string;
  kind: RoundKind;
  at: string;
  street: string | null;
  reason: RoundReason | null;
  text: string;
}

/** A round on a day. `version` is 0 while nothing is recorded. */
export interface RoundDay {
  round: string;
  container: string | null;
  name: string;
  colour: string;
  day: string;
  version: number;
  state: RoundState;
  closes_at: string;
  finished_at: string | null;
  reason: RoundReason | null;
  text: string;
  streets: { street: string; reason: RoundReason; text: string }[];
  disputes: RoundDispute[];
}

/** An address where a crew recorded on a round's day that a bin was not emptied, or was emptied later. */
export interface LeftPremises {
  premises_id: string;
  address: string;
  street: string;
  version: number;
  is_emptied: boolean;
  reason: RoundReason | null;
  text: string;
  disputes: RoundDispute[];
}

export interface RoundStreet {
  street: string;
  premises: { premises_id: string; address: string }[];
}

/** The round of an operation, and its street or address. */
export interface RoundSubject {
  code: string;
  day: string;
  street?: string;
  premises_id?: string;
  address?: string;
}

export const STATE_WORDS: Record<RoundState, [words: string, kind: string]> = {
  to_come: ["Not out yet", "plain"],
  out: ["Out", "working"],
  finished: ["Finished", "fixed"],
  off: ["Cancelled", "ended"],
};

export const KIND_WORDS: Record<RoundKind, string> = {
  out: "Out",
  finished: "Finished",
  off: "Cancelled",
  street_missed: "Street not reached",
  street_reached: "Street reached",
  not_emptied: "Bin not emptied",
  emptied: "Bin emptied",
};

const SHARED_REASONS: Partial<Record<RoundReason, string>> = { other: "Something else" };
export const ROUND_REASONS: Partial<Record<RoundReason, string>> = {
  parked_cars: "Parked cars in the way",
  road_closed: "The road is closed",
  weather: "Weather",
  breakdown: "The vehicle broke down",
  no_crew: "Not enough crew",
  no_time: "Out of time",
  ...SHARED_REASONS,
};
export const BIN_REASONS: Partial<Record<RoundReason, string>> = {
  not_out: "The bin was not out",
  contaminated: "The wrong things are in it",
  too_heavy: "It is too heavy",
  extra_waste: "There is extra waste beside it",
  no_access: "We could not get to it",
  ...SHARED_REASONS,
};

export const reasonWords = (reason: RoundReason) => ({ ...ROUND_REASONS, ...BIN_REASONS })[reason] ?? reason;
