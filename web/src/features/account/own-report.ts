/** A report as its reporter sees it, and the fields that the reporter may change. */
import type { StoredReport } from "../../shared/reports.ts";
import type { Garden } from "./garden-words.ts";

interface OwnOrder {
  day: string | null;
  slot: string | null;
  amount_pence: number;
  is_to_pay: boolean;
  /** When the payment came; null if no money came. */
  paid_at: string | null;
  /** The amount that was or is being refunded to the card. */
  refunded_pence: number;
  receipt_url: string | null;
  is_cancelled: boolean;
}

export type SentAs = "reported" | "requested" | "booked" | "paid";

export interface OwnReport extends StoredReport {
  visibility: "public" | "waiting" | "held" | "private" | "unconfirmed" | "hidden" | "withdrawn";
  sent_as: SentAs;
  title: string | null;
  description: string;
  address: string | null;
  /** Its booking and price. */
  order: OwnOrder | null;
  /** The garden waste subscription that it bought. */
  garden: Garden | null;
  can_change: boolean;
  version: number;
}

export const FIELDS = ["description", "address", "title"] as const;
export type Field = (typeof FIELDS)[number];
export type Words = Record<Field, string>;
export type Changes = Partial<Words> & { clear?: Field[] };

export function isPublic({ visibility }: OwnReport): boolean {
  return visibility === "public" || visibility === "held" || visibility === "waiting";
}

/** The fields that differ from the stored report. */
export function changesIn(words: Words, report: OwnReport): Changes {
  const other = FIELDS.filter((field) => words[field] !== (report[field] ?? ""));
  const clear = other.filter((field) => !words[field]);
  const written = Object.fromEntries(other.filter((field) => words[field]).map((field) => [field, words[field]]));
  return { ...written, ...(clear.length ? { clear } : {}) };
}
