/** Jobs as the API and a crew's document tell them, and what a crew says of them. */
/** WGS84, as everywhere; a worker has no use for the module that it stands in. */
interface Place {
  lat: number;
  long: number;
}

export type JobState = "to_plan" | "planned" | "started" | "done" | "could_not" | "handed_over" | "cancelled";
export type DeedKind = "start" | "done" | "could_not" | "hand_over" | "note" | "photo";
export type Priority = "low" | "normal" | "high" | "urgent";
export type Reason = "no_access" | "not_found" | "parked_car" | "needs_other_team" | "needs_materials" | "unsafe" | "already_done" | "other";

export interface PhotoBefore {
  photo_id: string;
  url: string;
  thumbnail_url: string;
}

export interface DeedPhoto {
  photo_id: string;
  state: "waiting" | "ready" | "refused";
  url: string | null;
  thumbnail_url: string | null;
}

export interface Deed {
  op_id: string;
  kind: DeedKind;
  at: string;
  received_at: string;
  by: "crew" | "contractor" | "office";
  crew: string | null;
  text: string;
  reason: Reason | null;
  photos: DeedPhoto[];
}

export interface Side {
  state: JobState;
  at: string;
  by?: "crew" | "contractor" | "office";
}

/** The street and the office, or two of the street, say different things; until it is settled the office's holds. */
export interface Dispute {
  dispute_id: string;
  op_id: string;
  street: Side;
  office: Side;
  opened_at: string;
  settled: { at: string; keeps: "street" | "office" } | null;
}

export interface Job extends Place {
  job_id: string;
  version: number;
  state: JobState;
  kind: "inspect" | "make_safe" | "repair" | "collect" | "revisit";
  title: string;
  service_name: string;
  priority: Priority;
  address: string | null;
  description: string | null;
  service_request_ids: string[];
  crew: string | null;
  planned_day: string | null;
  position: number | null;
  arrives_at: string | null;
  minutes: number;
  window: { opens: string; closes: string } | null;
  due: string | null;
  materials: string[];
  hazards: string[];
  skills: string[];
  instructions: string;
  first_job_id: string | null;
  cancelled_because: string | null;
  photos_before: PhotoBefore[];
  deeds: Deed[];
  disputes: Dispute[];
}

export interface Gone {
  job_id: string;
  because: string;
}

/** A crew's day, as the council keeps it for the crew alone. */
export interface CrewDocument {
  crew: string;
  name: string;
  date: string;
  depot: Place & { name: string };
  shift: { starts: string; ends: string };
  made_at: string;
  jobs: Job[];
  gone: Gone[];
}

export interface Crew {
  crew: string;
  name: string;
  team: string;
}

/** A photo that goes with an operation; its picture lies in the phone's own store under `id`. */
export interface ItemPhoto {
  id: string;
  /** Its number under the operation's key, from 1; never used again. */
  n: number;
  uploaded?: { photo_id: string; at: number };
  /** Why the service cannot use it. */
  refused?: string;
  /** How often its upload broke off although the service answered. */
  broke: number;
}

/** What a crew did, as it waits on the phone until the service has it. */
export interface Item {
  op_id: string;
  /** Counts up: in this order they are sent. */
  seq: number;
  /** Who did it, on which device. */
  account: string;
  device: string;
  job_id: string;
  /** The job as it was called, for it may be gone from the day by now. */
  title: string;
  /** The report that its photos go to. */
  report: string | null;
  kind: DeedKind;
  base_version: number;
  at: string;
  text: string;
  reason: Reason | null;
  lat: number | null;
  long: number | null;
  photos: ItemPhoto[];
  /** The photos that were sent with it, which it keeps whenever it is sent again. */
  sent_photos: string[] | null;
  tries: number;
  /** Why the service did not take it: it is not sent again until somebody says so. */
  attention: string | null;
}

/** What the pages and their worker tell each other: `sent`, `changed` (the day) and `left` (somebody signed out). */
export const CHANNEL = "ginnel-crew";
/** The state that an operation says; a note or a photo says none. */
export const LEADS_TO: Partial<Record<DeedKind, JobState>> = {
  start: "started",
  done: "done",
  could_not: "could_not",
  hand_over: "handed_over",
};
/** What is over for the crew. */
export const ENDED: readonly JobState[] = ["done", "could_not", "handed_over", "cancelled"];
