/** What this visit sent or followed last, so that a reload still shows it. */
import type { StoredReport } from "../../shared/reports.ts";
import type { StepName } from "./steps.ts";

export type Visibility = "public" | "waiting" | "held" | "private" | "withdrawn" | "hidden";

/** A report placed in words has no lat and long yet. */
export interface Receipt extends Omit<StoredReport, "lat" | "long"> {
  lat: number | null;
  long: number | null;
  visibility?: Visibility;
}

export interface Sent {
  receipt: Receipt;
  /** Proves to the service who sent the report. */
  key: string;
  /** By this phone's clock, in milliseconds. */
  at: number;
}

const SENT = "ginnel.sent-report";
const FOLLOWED = "ginnel.followed";

const read = (place: string) => JSON.parse(sessionStorage.getItem(place) ?? "null") as unknown;
const write = (place: string, value: unknown) => sessionStorage.setItem(place, JSON.stringify(value));

export const lastSent = () => read(SENT) as Sent | null;
export const rememberSent = (sent: Sent) => write(SENT, sent);
export const lastFollowed = () => read(FOLLOWED) as string | null;
export const rememberFollowed = (id: string) => write(FOLLOWED, id);

/** The end that may be shown where one is asked for; undefined where it is about another step. */
export function allowedEnd(wanted: StepName): StepName | undefined {
  if (wanted === "sent") return lastSent() ? wanted : "where";
  if (wanted === "followed") return lastFollowed() ? wanted : "where";
  return undefined;
}
