/** Alerts in plain words: the twin of chalicelib/alerts/presentation.py. */
import type { Choice } from "../../shared/channels.ts";
import { say } from "../../shared/say.ts";

export type Kind = "area" | "ward" | "council" | "roadworks" | "disruptions" | "report" | "bins";
export type EventType =
  | "new"
  | "state_changed"
  | "fixed"
  | "updated"
  | "repair_question"
  | "roadworks"
  | "disruption"
  | "collection_reminder";
export type Frequency = "now" | "daily" | "weekly";

export const RADII_M = [500, 1000, 2000, 5000];
export const KINDS: Choice[] = [
  ["area", say("Reports near a location"), say("For example, your street or your route to school")],
  ["ward", say("Reports in a ward")],
  ["council", say("Reports anywhere in the council’s area")],
  ["roadworks", say("Road works")],
  ["disruptions", say("Service disruption"), say("For example, missed bin collections")],
];
export const FREQUENCIES: Choice[] = [
  ["now", say("Straight away")],
  ["daily", say("Once a day, at 8am")],
  ["weekly", say("Once a week, on Monday morning")],
];
const EVENT_TYPES: Record<EventType, string> = {
  new: say("A new report is published"),
  state_changed: say("The status changes, for example work is planned"),
  fixed: say("It is fixed"),
  updated: say("Somebody adds an update"),
  repair_question: say("We want to ask you if it's really fixed"),
  roadworks: say("New road works"),
  disruption: say("Service disruption"),
  collection_reminder: say("Your bins are collected soon"),
};
const REPORT_EVENT_TYPES: EventType[] = ["new", "state_changed", "fixed"];
const PLACE_EVENT_TYPES: EventType[] = [...REPORT_EVENT_TYPES, "disruption"];
const OFFERED_EVENT_TYPES: Record<Kind, EventType[]> = {
  report: [...REPORT_EVENT_TYPES, "updated", "repair_question"],
  area: PLACE_EVENT_TYPES,
  ward: PLACE_EVENT_TYPES,
  council: PLACE_EVENT_TYPES,
  roadworks: ["roadworks"],
  disruptions: ["disruption"],
  bins: ["collection_reminder"],
};
const NOON = 12;
const REMINDER_HOURS = [16, 17, 18, 19, 20, 21, 22, 5, 6, 7, 8, 9].map((hour) => `${hour}`.padStart(2, "0") + ":00");

export const eventTypesOf = (kind: Kind): Choice[] =>
  OFFERED_EVENT_TYPES[kind].map((what) => [what, EVENT_TYPES[what]]);
export const isAboutServices = (kind: Kind | "") => kind === "area" || kind === "ward" || kind === "council";
export const mayHavePlace = (kind: Kind | "") => kind === "area" || kind === "roadworks" || kind === "disruptions";

export function distanceWords(radius_m: number): string {
  return radius_m < 1000 ? `${radius_m} m` : `${radius_m / 1000} km`;
}

/** A topic that has a place, such as "Road works within 500 m of Market Place". */
export function nearWords(kind: Kind, distance: string, place: string): string {
  if (kind === "roadworks") return say("Road works within {distance} of {place}", { distance, place });
  if (kind === "disruptions") return say("Service disruption within {distance} of {place}", { distance, place });
  return say("Reports within {distance} of {place}", { distance, place });
}

/** When a subscriber is reminded of a collection. */
export function hourWords(hour: string): string {
  return Number(hour.slice(0, 2)) >= NOON
    ? say("At {hour} on the day before", { hour })
    : say("At {hour} on the day", { hour });
}

/** The hours to choose from, with the present one. */
export const hoursWith = (present: string): Choice[] =>
  [...new Set([...REMINDER_HOURS, present])].map((hour) => [hour, hourWords(hour)]);

/** A topic that has no place. */
export function anywhereWords(kind: Kind): string {
  if (kind === "bins") return say("Reminders of bin collections");
  if (kind === "roadworks") return say("Road works anywhere in the council’s area");
  if (kind === "disruptions") return say("Service disruption anywhere in the council’s area");
  return say("Reports anywhere in the council’s area");
}
