/** The report that this visit sent or followed last, so that a reload still shows it. */
import { storedValue } from "../../shared/stored-value.ts";
import type { StoredReport } from "../../shared/reports.ts";
import type { StepName } from "./step-order.ts";

export type Visibility = "public" | "waiting" | "held" | "private" | "withdrawn" | "hidden";

/** A report without a pin has no lat and long yet. */
export interface Receipt extends Omit<StoredReport, "lat" | "long"> {
  lat: number | null;
  long: number | null;
  visibility?: Visibility;
}

export interface SentReport {
  receipt: Receipt;
  /** Proves to the service that this browser sent the report. */
  key: string;
  /** The account that sent it; empty if nobody was signed in. */
  account: string;
  /** Whether staff sent it for a resident. */
  for_other: boolean;
  /** The email address or mobile number that gets updates, if it is known here. */
  updates_to?: string;
  /** The phone number that can only be called, if it is known here. */
  calls_to?: string;
  /** Its place in words, if it is known here. */
  where?: string;
  /** By this phone's clock, in milliseconds. */
  at: number;
}

export const { read: lastSent, write: rememberSent } = storedValue<SentReport>(
  () => sessionStorage,
  "ginnel.sent-report",
  ({ receipt }) => Boolean(receipt.service_request_id),
);

interface FollowedReport {
  id: string;
  /** What the follower has to do or can expect. */
  words: string;
  /** Whether the follower has to select the link in an email first. */
  is_to_confirm?: boolean;
}

export const { read: lastFollowed, write: rememberFollowed } = storedValue<FollowedReport>(
  () => sessionStorage,
  "ginnel.followed",
  ({ id, words }) => Boolean(id && words),
);

/** The last step to show when `wanted` is one; undefined for any other step. */
export function allowedLastStep(wanted: StepName): StepName | undefined {
  if (wanted === "waiting") return wanted;
  if (wanted === "sent") return lastSent() ? wanted : "where";
  if (wanted === "followed") return lastFollowed() ? wanted : "where";
  return undefined;
}
