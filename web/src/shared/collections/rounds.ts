/** Collection rounds, and when a container is emptied next; the twin of chalicelib/collections/model.py. Days are like 2026-12-01. */

/** A collection that was planned for `from` and takes place on `to`; null if it is cancelled. */
export interface Move {
  from: string;
  to: string | null;
  why: string;
}

/** `dates` are the days on which it really goes out, in order. `resumes`: the first day after a season without collections. */
export interface Round {
  round: string;
  container: string;
  name: string;
  colour: string;
  dates: string[];
  moved: Move[];
  resumes?: string;
  /** Until then, a day without a date has no collection; that of the document if it is left out. */
  known_until?: string;
}

/** Days from `first` to `last`, both included. */
export interface Period {
  first: string;
  last: string;
}

/** Until `known_until`, a day without a date has no collection. */
export interface Rounds {
  known_until: string;
  items: Round[];
}

/** A round on one day, with the streets that it did not reach. It is over at `closes_at`, if nobody said so before. */
export interface RoundDay {
  round: string;
  day: string;
  state: "to_come" | "out" | "finished" | "off";
  closes_at?: string;
  /** Why it is off. */
  reason?: string;
  streets?: { street: string; reason: string }[];
}

/** `out`: its round is on its way. `date` is null if no date is known. Out of season it is the first day of the next season. */
export interface NextCollection {
  container: string;
  name: string;
  colour: string;
  state: "to_come" | "out" | "out_of_season" | "not_known";
  date: string | null;
  original_date?: string;
  why?: string;
}

const LAST = "9999";

/** Days on which a round is over, and on which it is on its way. */
export interface DayStates {
  over: string[];
  out: string[];
}

const NOTHING_KNOWN: DayStates = { over: [], out: [] };

/** The next collection of a round. Today's is the next one until the round is over. */
export function nextCollection(of: Round, today: string, knownUntil: string, known = NOTHING_KNOWN): NextCollection {
  const { container, name, colour } = of;
  const date = of.dates.find((day) => day >= today && !known.over.includes(day));
  if (!date) {
    const resumes = of.resumes && of.resumes >= today ? of.resumes : null;
    const isOutOfSeason = resumes !== null || today <= (of.known_until ?? knownUntil);
    return { container, name, colour, state: isOutOfSeason ? "out_of_season" : "not_known", date: resumes };
  }
  const move = of.moved.find(({ to }) => to === date);
  const moved = move && { original_date: move.from, why: move.why };
  return { container, name, colour, state: known.out.includes(date) ? "out" : "to_come", date, ...moved };
}

/** The round with the collections that were planned for days of the periods, wherever they were moved. */
export function withinPeriods(of: Round, periods: Period[]): Round {
  const isIn = (day: string) => periods.some(({ first, last }) => first <= day && day <= last);
  const planned = new Map(of.moved.map(({ from, to }) => [to, from]));
  const { resumes, ...round } = of;
  return {
    ...round,
    dates: of.dates.filter((day) => isIn(planned.get(day) ?? day)),
    moved: of.moved.filter(({ from }) => isIn(from)),
    ...(resumes && isIn(resumes) ? { resumes } : {}),
  };
}

/** What is known of a round on these days. */
export function dayStates({ round }: Round, days: RoundDay[], now: number): DayStates {
  const own = days.filter((each) => each.round === round);
  const isOver = (each: RoundDay) => ["finished", "off"].includes(stateAt(each, now));
  return {
    over: own.filter(isOver).map(({ day }) => day),
    out: own.filter((each) => stateAt(each, now) === "out").map(({ day }) => day),
  };
}

/** The state at a moment, which may be long after the document was loaded. */
export function stateAt({ state, closes_at }: RoundDay, now: number): RoundDay["state"] {
  return state !== "off" && closes_at && now >= Date.parse(closes_at) ? "finished" : state;
}

/** Each of the rounds with its next collection, the earliest first and those without a date last. */
export function collectionsOf(rounds: Round[], today: string, knownUntil: string, days: RoundDay[], now: number) {
  return rounds
    .map((of) => ({ of, next: nextCollection(of, today, knownUntil, dayStates(of, days, now)) }))
    .sort(
      ({ next: one }, { next: other }) =>
        compare(one.date ?? LAST, other.date ?? LAST) || compare(one.container, other.container),
    );
}

/** The collections from today to the day of the next one that are cancelled. */
export function cancelledBefore({ moved }: Round, today: string, next: string | null): Move[] {
  return moved.filter(({ from, to }) => to === null && from >= today && from < (next ?? LAST));
}

const compare = (one: string, other: string) => (one < other ? -1 : Number(one > other));
