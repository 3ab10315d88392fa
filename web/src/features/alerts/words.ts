/** Alerts in plain words: the twin of chalicelib/alerts/presentation.py. */

export type Kind = "area" | "ward" | "council" | "roadworks" | "disruptions" | "report";
export type What = "new" | "state_changed" | "mended" | "updated" | "needs_answer" | "roadworks" | "disruption";
export type Frequency = "now" | "daily" | "weekly";
export type Channel = "email" | "push" | "sms";

/** A value and its words. */
export type Choice = [value: string, words: string, hint?: string];

export const RADII_M = [500, 1000, 2000, 5000];
export const KINDS: Choice[] = [
  ["area", "Reports near a place", "Such as your street, or your way to school."],
  ["ward", "Reports in a ward"],
  ["council", "Reports everywhere in the council’s area"],
  ["roadworks", "Road works"],
  ["disruptions", "When a service cannot run", "Such as: no bin collections today."],
];
export const FREQUENCIES: Choice[] = [
  ["now", "At once"],
  ["daily", "Once a day, at 8 in the morning"],
  ["weekly", "Once a week, on Monday morning"],
];
const WHATS: Record<What, string> = {
  new: "A new report can be seen",
  state_changed: "Something changes, such as a date for the work",
  mended: "It is fixed",
  updated: "Somebody adds to it",
  needs_answer: "We want to ask whether it is really fixed",
  roadworks: "New road works",
  disruption: "A service cannot run",
};
const OF_REPORTS: What[] = ["new", "state_changed", "mended"];
const OF_PLACES: What[] = [...OF_REPORTS, "disruption"];
const FITTING: Record<Kind, What[]> = {
  report: [...OF_REPORTS, "updated", "needs_answer"],
  area: OF_PLACES,
  ward: OF_PLACES,
  council: OF_PLACES,
  roadworks: ["roadworks"],
  disruptions: ["disruption"],
};

export const whatsOf = (kind: Kind): Choice[] => FITTING[kind].map((what) => [what, WHATS[what]]);
export const isAboutServices = (kind: Kind | "") => kind === "area" || kind === "ward" || kind === "council";
export const mayHavePlace = (kind: Kind | "") => kind === "area" || kind === "roadworks" || kind === "disruptions";

export function distanceWords(radius_m: number): string {
  return radius_m < 1000 ? `${radius_m} m` : `${radius_m / 1000} km`;
}

/** `where` is the place's or the ward's name, or nothing for all of the council's area. */
export function subjectWords(kind: Kind): string {
  return kind === "roadworks" ? "Road works" : kind === "disruptions" ? "Services that cannot run" : "Reports";
}
