/** Cases, jobs and days in the API for officers. */
import type { Job } from "../crew/model.ts";
import type { Photo, Place, Update } from "../../shared/reports.ts";
import type { State } from "../../shared/states.ts";

export type { State };
export type Priority = "low" | "normal" | "high" | "urgent";
export type Target = "late" | "soon" | "in_time" | "none";
export type Visibility = "public" | "waiting" | "held" | "private" | "unconfirmed" | "hidden" | "withdrawn";

/** A code and its name. */
export interface CodeName {
  code: string;
  name: string;
}

export type Attention =
  | "held"
  | "waiting"
  | "flagged"
  | "slot_lost"
  | "refund_failed"
  | "could_not"
  | "handed_over"
  | "answered"
  | "updated"
  | "review";

/** Why a case needs an officer's attention. */
export interface Need {
  need_id: string;
  reason: "contractor_text" | "slot_lost" | "refund_failed" | "could_not" | "handed_over" | "answered" | "updated";
  since: string;
  job_id: string | null;
  by: string | null;
  why: string;
}

/** The fields of a case in the queue. */
interface CaseSummary {
  service_request_id: string;
  version: number;
  title: string | null;
  service_code: string;
  service_name: string;
  state: State;
  visibility: Visibility;
  priority: Priority;
  team: string;
  ward_code: string | null;
  address: string | null;
  lat: number | null;
  long: number | null;
  requested_datetime: string;
  expected_datetime: string | null;
  target: Target;
  hours_left: number | null;
  opens: "job" | "officer";
  attention: Attention | null;
  /** When officers look again at what was granted. */
  review_on: string | null;
  /** Open reasons why it needs attention. */
  needs: Need[];
  followers: number;
  waits_for: string | null;
}

export interface CaseItem extends CaseSummary {
  /** The number of its jobs. */
  jobs: number;
}

export interface CaseJob {
  job_id: string;
  version: number;
  kind: Job["kind"];
  state: Job["state"];
  title: string;
  team: string;
  crew: string | null;
  planned_day: string | null;
  due: string | null;
  /** The officer may see the rest of it. */
  in_remit: boolean;
}

export interface CasePhoto extends Photo {
  state: "shown" | "hidden" | "waiting";
  update_id: string | null;
}

/** A photo that a crew or contractor sent with a job; it has addresses only when it is ready. */
export interface WorkPhoto {
  photo_id: string;
  state: "waiting" | "ready" | "refused";
  url: string | null;
  thumbnail_url: string | null;
  job_id: string;
  when: "before" | "after";
  at: string;
  by: string;
  seen_by: "everybody" | "reporter" | "nobody_yet" | "officers";
}

export interface NearbyReport {
  service_request_id: string;
  distance_m: number;
  title: string | null;
  service_code: string;
  state: State;
  requested_datetime: string;
  /** The officer may open and merge it. */
  in_remit: boolean;
}

export interface Question {
  question_id: string;
  text: string;
  asked_at: string;
  asked_by: string;
  answered_at: string | null;
  answer: string | null;
  settled_at: string | null;
}

export interface SentQuestion extends Question, UndoOffer {}

export interface Note {
  note_id: string;
  datetime: string;
  by: string;
  text: string;
}

/** What the officer may do with a case now. */
export type CaseAct = "change" | "note" | "ask" | "settle" | "black_out" | "unmerge" | "cancel_order" | "create_job";

/** A report that was merged into the case. */
export interface MergedReport {
  service_request_id: string;
  /** The officer may open it. */
  in_remit: boolean;
  may_unmerge: boolean;
}

/** All of a case. */
export interface Case extends CaseSummary {
  status: "open" | "closed";
  description: string;
  updated_datetime: string;
  external_reference: string | null;
  asset_id: string | null;
  tracking_url: string;
  updates: Update[];
  duplicate_of: string | null;
  because: { about: string; text: string }[];
  decided_by_hand: string[];
  attributes: Record<string, string[]>;
  contact: { name?: string | null; email?: string | null; phone?: string | null } | null;
  language: string | null;
  reach_by: string | null;
  anonymous: boolean;
  channel: string;
  publish_at: string | null;
  flags: { reason: string; text?: string | null; datetime?: string }[];
  failed_repairs: number;
  said_fixed: number;
  said_not_fixed: number;
  held_updates: HeldUpdate[];
  all_photos: CasePhoto[];
  work_photos: WorkPhoto[];
  notes: Note[];
  may: CaseAct[];
  why_not_ask: string | null;
  jobs: CaseJob[];
  nearby: NearbyReport[];
  questions: Question[];
  history: { at: string; action: string; by: string }[];
  merged: MergedReport[];
  /** It was merged into a report that the officer may open. */
  may_open_survivor: boolean;
  order: Order | null;
  premises_id: string | null;
  /** It needs no place. */
  placeless: boolean;
  /** The names of the booked calendar and slot. */
  booked: { calendar: string; slot: string } | null;
}

/** A line of a price; without VAT, it has no VAT fields. */
export interface OrderLine {
  text: string;
  amount_pence: number;
  vat_pence?: number;
  vat_percent?: number;
}

/** The order of a case: its booking and price. */
export interface Order {
  lines: OrderLine[];
  amount_pence: number;
  fund: string;
  booking: { place: { day: string }; units: number; no_show_at: string | null } | null;
  state: "unpaid" | "settled" | "lost" | "cancelled";
  paid_by: "free" | "card" | "waived" | "receipt" | null;
  refund_pence: number;
}

/** The card payment of a case, in pence, and the actions that the officer may take. */
export interface CasePayment {
  payment_id: string | null;
  refunded_pence: number;
  left_pence: number;
  failed_refund_pence: number;
  may: ("telephone" | "receipt" | "waive" | "refund")[];
}

/** `years` were paid for; `containers` are emptied now. */
export interface GardenSubscription {
  premises_id: string;
  address: string;
  state: "none" | "live" | "cancelled" | "lapsed";
  containers: number;
  years: { last: string }[];
  cancelled_on: string | null;
}

/** The garden waste subscription that a case bought, and the refund to cards if the officer cancels it. */
export interface CaseGarden {
  subscription: GardenSubscription | null;
  may_cancel: boolean;
  refund_pence: number;
}

export interface HeldUpdate {
  update_id: string;
  datetime: string;
  text: string;
  by: string;
  requested_state: State | null;
}

export interface Template {
  template_id: string;
  version: number;
  name: string;
  text: string;
  service_codes: string[];
  state: State | null;
}

/** The id with which a change can be undone, and for how many seconds; null if it cannot. */
export interface UndoOffer {
  undo_id: string | null;
  undo_within_s: number | null;
}

export interface ChangeResult extends UndoOffer {
  service_request_id: string;
  version: number;
  /** False if the case was given to a team that the officer does not work for. */
  in_remit: boolean;
}

/** The place of a case, or null if it has no pin. */
export const placeOf = ({ lat, long }: { lat: number | null; long: number | null }): Place | null =>
  lat === null || long === null ? null : { lat, long };
