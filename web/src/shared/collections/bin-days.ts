/** The bin days of a premises in words. The page without JavaScript uses the same words: chalicelib/handlers/forms/bin_days.py. */
import { say, sayMany } from "../say.ts";
import { dayFrom, daysBetween, FAR_DAYS, longDay, weekday } from "./day-words.ts";
import type { PublishedCollections } from "./documents.ts";
import { cancelledBefore, collectionsOf, type NextCollection, type Round, type RoundDay, stateAt } from "./rounds.ts";

export interface BinDay {
  name: string;
  colour: string;
  /** The day of the next collection; null if it is not known. */
  date: string | null;
  /** False if `date` is the first day of the next season. */
  isCollection: boolean;
  headline: string;
  notes: string[];
}

/** The names of containers in the page's language. */
export type Names = Record<string, string>;

/** The time, and the street of the premises as rounds name it. `today` is the council's day at `now`. */
export interface View {
  today: string;
  now: number;
  street: string;
  names: Names;
}

const REASONS: Record<string, string> = {
  parked_cars: say("Parked cars"),
  road_closed: say("Road closed"),
  weather: say("Bad weather"),
  breakdown: say("Vehicle broken down"),
  no_crew: say("Not enough people"),
  no_time: say("Not enough time"),
};

/** The bins of a premises, the next one first and those without a date last. */
export function binDays({ known_until, rounds, days }: PublishedCollections, view: View): BinDay[] {
  const { today, now, names } = view;
  return collectionsOf(rounds, today, known_until, days, now).map(({ of, next }) => ({
    name: nameOf(of, names),
    colour: next.colour,
    date: next.date,
    isCollection: next.state === "to_come" || next.state === "out",
    headline: headlineOf(next, of.known_until ?? known_until, today),
    notes: [...newsOf(of, days, view), ...movesOf(of, next, today), ...distanceOf(next, known_until, today)],
  }));
}

/** A day on which bins are collected, and the day in words. */
export interface CollectionDay {
  day: string;
  text: string;
  bins: string[];
}

/** All known collections from today on, in the order of days. */
export function collectionDays(
  { rounds, days: states }: PublishedCollections,
  { today, names }: View,
): CollectionDay[] {
  const bins = new Map<string, string[]>();
  for (const of of rounds)
    for (const day of of.dates.filter((each) => each >= today))
      bins.set(day, [...(bins.get(day) ?? []), collectionText(of, day, names, states)]);
  const days = [...bins].sort(([one], [other]) => (one < other ? -1 : 1));
  return days.map(([day, of]) => ({ day, text: longDay(day), bins: of.sort() }));
}

/** A sentence with the last day of the published collections. */
export const knownDays = (knownUntil: string): string =>
  say("We have published the days up to {day}.", { day: longDay(knownUntil) });

function collectionText(of: Round, day: string, names: Names, states: RoundDay[]): string {
  const bin = nameOf(of, names);
  const isOff = states.some((each) => each.round === of.round && each.day === day && each.state === "off");
  if (isOff) return say("{bin} (cancelled)", { bin });
  const move = of.moved.find(({ to }) => to === day);
  return move ? say("{bin} (moved from {day})", { bin, day: weekday(move.from) }) : bin;
}

export interface MissedStreet {
  street: string;
  text: string;
}

/** The other streets that the rounds did not reach today and yesterday. */
export function missedStreets(
  { rounds, days }: PublishedCollections,
  { today, street: own, names }: View,
): MissedStreet[] {
  return rounds.flatMap((of) =>
    days
      .filter(({ round, day }) => round === of.round && isRecent(day, today))
      .flatMap(({ day, streets = [] }) =>
        streets
          .filter(({ street }) => street !== own)
          .map(({ street, reason }) => ({ street, text: missedText(day, today, nameOf(of, names), reason) })),
      ),
  );
}

function missedText(day: string, today: string, bin: string, reason: string): string {
  return day < today
    ? say("{bin}, yesterday. Reason: {reason}", { bin, reason: reasonText(reason) })
    : say("{bin}, today. Reason: {reason}", { bin, reason: reasonText(reason) });
}

/** Today or yesterday; a stored copy can be older. */
const isRecent = (day: string, today: string) => [0, 1].includes(daysBetween(day, today));

const nameOf = ({ container, name }: Round, names: Names) => names[container] ?? name;

const reasonText = (reason = "") => REASONS[reason] ?? say("Another reason");

function headlineOf({ state, date }: NextCollection, knownUntil: string, today: string): string {
  if (state === "not_known") return say("Not known yet");
  if (state !== "out_of_season") return dayFrom(today, date!);
  return date
    ? say("Starts again on {day}", { day: longDay(date) })
    : say("No collection up to {day}", { day: longDay(knownUntil) });
}

function newsOf({ round }: Round, days: RoundDay[], view: View): string[] {
  return days
    .filter((each) => each.round === round)
    .flatMap((each) => [...stateNews(each, view), ...streetNews(each, view)]);
}

function stateNews(of: RoundDay, { today, now }: View): string[] {
  const age = daysBetween(of.day, today);
  const state = stateAt(of, now);
  const reason = reasonText(of.reason);
  if (state === "off" && age === 1) return [say("Yesterday’s round was cancelled. Reason: {reason}", { reason })];
  if (state === "off" && age === 0) return [say("Today’s round is cancelled. Reason: {reason}", { reason })];
  if (state === "off" && age === -1) return [say("Tomorrow’s round is cancelled. Reason: {reason}", { reason })];
  if (state === "out" && age === 0) return [say("The crew is out now.")];
  return state === "finished" && age === 0 ? [say("Today’s round has finished.")] : [];
}

function streetNews({ day, streets = [] }: RoundDay, { today, street: own }: View): string[] {
  const missed = streets.find(({ street }) => street === own);
  if (!missed || !isRecent(day, today)) return [];
  const reason = reasonText(missed.reason);
  return day < today
    ? [say("Your street was not reached yesterday. Reason: {reason}", { reason })]
    : [say("Your street was not reached today. Reason: {reason}", { reason })];
}

function movesOf(of: Round, { date, original_date, why }: NextCollection, today: string): string[] {
  const cancelled = cancelledBefore(of, today, date).map(({ from, why: reason }) =>
    say("No collection on {day}. Reason: {reason}", { day: weekday(from), reason }),
  );
  if (!original_date) return cancelled;
  return [say("Moved from {day}. Reason: {reason}", { day: weekday(original_date), reason: why! }), ...cancelled];
}

function distanceOf({ state, date }: NextCollection, knownUntil: string, today: string): string[] {
  if (state === "not_known") return [knownDays(knownUntil)];
  const days = date ? daysBetween(today, date) : 0;
  return state === "to_come" && days > 1 && days < FAR_DAYS ? [sayMany(days, "In 1 day", "In {count} days")] : [];
}
