/** Alerts in plain words: the twin of chalicelib/alerts/presentation.py. */
import type { Choice } from "../../shared/channels.ts";

export type Kind = "area" | "ward" | "council" | "roadworks" | "disruptions" | "report";
export type What = "new" | "state_changed" | "fixed" | "updated" | "repair_question" | "roadworks" | "disruption";
export type Frequency = "now" | "daily" | "weekly";

export const RADII_M = [500, 1000, 2000, 5000];
export const KINDS: Choice[] = [
  ["area", "Reports near a location", "For example, your street or your route to school"],
  ["ward", "Reports in a ward"],
  ["council", "Reports anywhere in the council’s area"],
  ["roadworks", "Road works"],
  ["disruptions", "Service disruption", "For example, missed bin collections"],
];
export const FREQUENCIES: Choice[] = [
  ["now", "Straight away"],
  ["daily", "Once a day, at 8am"],
  ["weekly", "Once a week, on Monday morning"],
];
const EVENT_TYPES: Record<What, string> = {
  new: "A new report is published",
  state_changed: "The status changes, for example work is planned",
  fixed: "It is fixed",
  updated: "Somebody adds an update",
  repair_question: "We want to ask you if it's really fixed",
  roadworks: "New road works",
  disruption: "Service disruption",
};
const OF_REPORTS: What[] = ["new", "state_changed", "fixed"];
const OF_PLACES: What[] = [...OF_REPORTS, "disruption"];
const FITTING: Record<Kind, What[]> = {
  report: [...OF_REPORTS, "updated", "repair_question"],
  area: OF_PLACES,
  ward: OF_PLACES,
  council: OF_PLACES,
  roadworks: ["roadworks"],
  disruptions: ["disruption"],
};

export const eventTypesOf = (kind: Kind): Choice[] => FITTING[kind].map((what) => [what, EVENT_TYPES[what]]);
export const isAboutServices = (kind: Kind | "") => kind === "area" || kind === "ward" || kind === "council";
export const mayHavePlace = (kind: Kind | "") => kind === "area" || kind === "roadworks" || kind === "disruptions";

export function distanceWords(radius_m: number): string {
  return radius_m < 1000 ? `${radius_m} m` : `${radius_m / 1000} km`;
}

/** The subject of a topic, such as "Road works". */
export function subjectWords(kind: Kind): string {
  return kind === "roadworks" ? "Road works" : kind === "disruptions" ? "Service disruption" : "Reports";
}
