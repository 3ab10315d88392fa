/** Jobs in the API and in a crew's document, and the operations of a crew on them and on rounds. */
import type { RoundKind, RoundReason, RoundSubject } from "./rounds/model.ts";

/** WGS84. Not imported, because the service worker does not need the module of Place. */
interface Place {
  lat: number;
  long: number;
}

export type JobState = "to_plan" | "planned" | "started" | "done" | "could_not" | "handed_over" | "cancelled";
export type JobEventKind = "start" | "done" | "could_not" | "hand_over" | "note" | "photo" | "new_date";
export type Priority = "low" | "normal" | "high" | "urgent";
export type Reason =
  | "no_access"
  | "not_found"
  | "parked_car"
  | "needs_other_team"
  | "needs_materials"
  | "unsafe"
  | "already_done"
  | "other";

export interface PhotoBefore {
  photo_id: string;
  url: string;
  thumbnail_url: string;
}

export interface JobEventPhoto {
  photo_id: string;
  state: "waiting" | "ready" | "refused";
  url: string | null;
  thumbnail_url: string | null;
}

export interface JobEvent {
  op_id: string;
  kind: JobEventKind;
  at: string;
  received_at: string;
  by: "crew" | "contractor" | "office";
  crew: string | null;
  text: string;
  reason: Reason | null;
  /** Of a new date, like 2026-12-04. */
  day: string | null;
  photos: JobEventPhoto[];
}

export interface RecordedState {
  state: JobState;
  at: string;
  by?: "crew" | "contractor" | "office";
}

/** Conflicting records of a job, from the crew and the office or from two crews. The office's counts until it is settled. */
export interface Dispute {
  dispute_id: string;
  op_id: string;
  site: RecordedState;
  office: RecordedState;
  opened_at: string;
  settled: { at: string; keep: "site" | "office" } | null;
}

export interface Job extends Place {
  job_id: string;
  version: number;
  state: JobState;
  kind: "inspect" | "make_safe" | "repair" | "collect" | "deliver" | "revisit";
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
  events: JobEvent[];
  disputes: Dispute[];
}

export interface RemovedJob {
  job_id: string;
  because: string;
}

/** The document of a crew's day, for the crew only. */
export interface CrewDocument {
  crew: string;
  name: string;
  date: string;
  depot: Place & { name: string };
  shift: { starts: string; ends: string };
  made_at: string;
  jobs: Job[];
  gone: RemovedJob[];
}

export interface Crew {
  crew: string;
  name: string;
  team: string;
}

/** A photo of an operation; its picture is stored in IndexedDB under `id`. */
export interface ItemPhoto {
  id: string;
  /** Its number under the operation's key, from 1; never reused. */
  n: number;
  uploaded?: { photo_id: string; at: number };
  /** Why the service refused it. */
  refused?: string;
  /** How often its upload was interrupted although the service answered. */
  broke: number;
}

/** An operation of a crew that waits on the phone until the service has stored it. */
export interface Item {
  op_id: string;
  /** Operations are sent in this order. */
  seq: number;
  /** The account and device that recorded it. */
  account: string;
  device: string;
  /** Of a round, a name for it: what has the same one is sent in order. */
  job_id: string;
  /** The job's title then, because the job may have been removed from the day. */
  title: string;
  /** The report to which its photos are uploaded. */
  report: string | null;
  kind: JobEventKind | RoundKind;
  base_version: number;
  at: string;
  text: string;
  reason: Reason | RoundReason | null;
  /** Of a collection round; the others are of jobs. */
  round?: RoundSubject;
  /** Of a new date. An item from an older version of the app has none. */
  day?: string | null;
  lat: number | null;
  long: number | null;
  photos: ItemPhoto[];
  /** The photos it was sent with; a retry sends the same ones. */
  sent_photos: string[] | null;
  tries: number;
  /** Why the service rejected it. It is not sent again until somebody decides. */
  attention: string | null;
}

/** The BroadcastChannel of pages and worker, with the messages `sent`, `changed` (the day) and `left` (signed out). */
export const CHANNEL = "ginnel-crew";
/** The state that an operation leads to; notes and photos do not change it. */
export const STATE_AFTER: Partial<Record<Item["kind"], JobState>> = {
  start: "started",
  done: "done",
  could_not: "could_not",
  hand_over: "handed_over",
};
/** States in which the crew has nothing left to do. */
export const ENDED_STATES: readonly JobState[] = ["done", "could_not", "handed_over", "cancelled"];
