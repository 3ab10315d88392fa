/** What pages say of the bins of a premises. The page without JavaScript says the same: chalicelib/handlers/forms/bin_days.py. */
import { say, sayMany } from "../say.ts";
import { dayFrom, daysBetween, longDay, weekday } from "./day-words.ts";
import type { Published } from "./documents.ts";
import { cancelledBefore, collectionsOf, type NextCollection, type Round, type RoundDay } from "./rounds.ts";

export interface BinDay {
  name: string;
  colour: string;
  /** The day of the next collection; null if it is not known. */
  date: string | null;
  /** Whether it is a collection, and not the begin of a season. */
  isToCome: boolean;
  headline: string;
  notes: string[];
}

/** The names of containers in the page's language. */
export type Names = Record<string, string>;

/** The bins of a premises, the next one first and those without a date last. */
export function binDays({ known_until, rounds, days }: Published, today: string, names: Names): BinDay[] {
  return collectionsOf(rounds, today, known_until, days).map(({ of, next }) => ({
    name: nameOf(of, names),
    colour: next.colour,
    date: next.date,
    isToCome: next.state === "to_come",
    headline: headlineOf(next, known_until, today),
    notes: [...movesOf(of, next, today), ...newsOf(of, days, today), ...distanceOf(next, known_until, today)],
  }));
}

export interface MissedStreet {
  street: string;
  text: string;
}

/** The streets that the rounds did not reach today and yesterday. */
export function missedStreets({ rounds, days }: Published, today: string, names: Names): MissedStreet[] {
  return days.flatMap(({ round, day, streets }) => {
    const of = rounds.find((each) => each.round === round);
    const age = daysBetween(day, today);
    if (!of || age < 0 || age > 1) return [];
    const name = nameOf(of, names);
    return streets.map(({ street, reason }) => ({
      street,
      text: age
        ? say("{bin}, yesterday: {reason}", { bin: name, reason })
        : say("{bin}, today: {reason}", { bin: name, reason }),
    }));
  });
}

const nameOf = ({ container, name }: Round, names: Names) => names[container] ?? name;

function headlineOf({ state, date }: NextCollection, knownUntil: string, today: string): string {
  if (state === "not_known") return say("Not known yet");
  if (state === "to_come") return dayFrom(today, date!);
  return date
    ? say("Starts again on {day}", { day: longDay(date) })
    : say("No collection up to {day}", { day: longDay(knownUntil) });
}

function movesOf(of: Round, { date, original_date, why }: NextCollection, today: string): string[] {
  const cancelled = cancelledBefore(of, today, date).map(({ from, why: reason }) =>
    say("No collection on {day}. Reason: {reason}", { day: weekday(from), reason }),
  );
  if (!original_date) return cancelled;
  return [say("Moved from {day}. Reason: {reason}", { day: weekday(original_date), reason: why! }), ...cancelled];
}

function newsOf({ round }: Round, days: RoundDay[], today: string): string[] {
  return days
    .filter((each) => each.round === round)
    .flatMap(({ day, state }) => {
      const age = daysBetween(day, today);
      if (age === 0 && state === "out") return say("The crew is out now.");
      if (age === 0 && state === "finished") return say("Today’s round has finished.");
      if (state !== "off" || age < 0 || age > 1) return [];
      return age ? say("Yesterday’s round was cancelled.") : say("Today’s round is cancelled.");
    });
}

function distanceOf({ state, date }: NextCollection, knownUntil: string, today: string): string[] {
  if (state === "not_known") return [say("We have published the days up to {day}.", { day: longDay(knownUntil) })];
  const days = date ? daysBetween(today, date) : 0;
  return state === "to_come" && days > 1 ? [sayMany(days, "In 1 day", "In {count} days")] : [];
}
