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
}

/** Until `known_until`, a day without a date has no collection. */
export interface Rounds {
  known_until: string;
  items: Round[];
}

/** A round on a day when it is or was out, with the streets that it did not reach. */
export interface RoundDay {
  round: string;
  day: string;
  state: "to_come" | "out" | "finished" | "off";
  finished_at?: string | null;
  streets: { street: string; reason: string }[];
}

/** `date` is null if no date is known. Out of season it is the first day of the next season. */
export interface NextCollection {
  container: string;
  name: string;
  colour: string;
  state: "to_come" | "out_of_season" | "not_known";
  date: string | null;
  original_date?: string;
  why?: string;
}

const LAST = "9999";

/** The next collection of a round. Today's is the next one until the round is over, or else the day. */
export function nextCollection(of: Round, today: string, knownUntil: string, isOver = false): NextCollection {
  const { container, name, colour } = of;
  const date = of.dates.find((day) => (isOver ? day > today : day >= today));
  if (!date) {
    const resumes = of.resumes && of.resumes >= today ? of.resumes : null;
    const isOutOfSeason = resumes !== null || today <= knownUntil;
    return { container, name, colour, state: isOutOfSeason ? "out_of_season" : "not_known", date: resumes };
  }
  const move = of.moved.find(({ to }) => to === date);
  const moved = move && { original_date: move.from, why: move.why };
  return { container, name, colour, state: "to_come", date, ...moved };
}

/** Whether the round of today has finished or was cancelled. */
export function isOverToday(of: Round, today: string, days: RoundDay[]): boolean {
  const found = days.find(({ round, day }) => round === of.round && day === today);
  return found?.state === "finished" || found?.state === "off";
}

/** Each of the rounds with its next collection, the earliest first and those without a date last. */
export function collectionsOf(rounds: Round[], today: string, knownUntil: string, days: RoundDay[]) {
  return rounds
    .map((of) => ({ of, next: nextCollection(of, today, knownUntil, isOverToday(of, today, days)) }))
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
