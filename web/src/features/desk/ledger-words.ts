/** The ledger in the API, and in words. */
import { momentText } from "../../shared/dates.ts";
import { pounds } from "../../shared/money.ts";
import { countText, daysAfter, weekdayText } from "./words.ts";

/** `entry_id` begins with "payment:" or "refund:"; a refund's amount is negative. */
export interface Entry {
  at: string;
  entry_id: string;
  amount_pence: number;
  fund: string;
  service_request_id: string;
}

export interface Fund {
  fund: string;
  in_pence: number;
  out_pence: number;
}

/** Null where one side does not have the money. `reference` is the request that it should be for. `refused_pence`: a refund that failed. `unchecked_pence`: a payment that we no longer ask about. */
export interface Difference {
  entry_id: string;
  ledger_pence: number | null;
  provider_pence: number | null;
  reference: string;
  refused_pence: number | null;
  unchecked_pence: number | null;
}

export interface Reconciliation {
  day: string;
  at: string;
  differences: Difference[];
}

export interface Ledger {
  day: string;
  to: string;
  items: Entry[];
  funds: Fund[];
  reconciled: Reconciliation[];
  /** What is open of the days that were not compared yet. */
  unresolved: { day: string; differences: Difference[] }[];
}

/** Each fund, and all of them together if there are several: came in, went out, the sum. */
export function fundRows(funds: Fund[]): string[][] {
  const sum = (name: "in_pence" | "out_pence") => funds.reduce((pence, each) => pence + each[name], 0);
  const all = { fund: "All funds", in_pence: sum("in_pence"), out_pence: sum("out_pence") };
  return [...funds, ...(funds.length > 1 ? [all] : [])].map(({ fund, in_pence, out_pence }) => [
    fund,
    pounds(in_pence),
    pounds(out_pence),
    pounds(in_pence + out_pence),
  ]);
}

const KINDS: Record<string, string> = { refund: "Refund", surcharge: "Card surcharge" };
export const kindText = ({ entry_id }: { entry_id: string }) => KINDS[entry_id.split(":")[0] ?? ""] ?? "Payment";

/** The days from the first to the last one. */
export function daysOf({ day, to }: { day: string; to: string }): string[] {
  return day > to ? [] : [day, ...daysOf({ day: daysAfter(day, 1), to })];
}

/** The result of comparing a day with the payment provider. */
export function reconciledText(day: string, found: Reconciliation | undefined, zone: string): string {
  const name = weekdayText(day);
  if (!found) return `${name}: not compared yet.`;
  const at = momentText(Date.parse(found.at), zone);
  const { length } = found.differences;
  const result = length ? `${countText(length, "difference")}` : "the ledger and the provider agree";
  return `${name}: ${result}. Compared ${at}.`;
}

export function differenceText({ ledger_pence, provider_pence, refused_pence, unchecked_pence }: Difference): string {
  if (refused_pence !== null) return `a refund of ${pounds(refused_pence)} failed. Send it again from the case`;
  if (unchecked_pence !== null)
    return `we cannot find out what became of a payment of ${pounds(unchecked_pence)}. Look at the payment provider's own site`;
  const text = (pence: number | null) => (pence === null ? "nothing" : pounds(pence));
  return `the ledger has ${text(ledger_pence)}, the provider ${text(provider_pence)}`;
}
