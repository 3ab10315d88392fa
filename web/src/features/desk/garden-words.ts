/** A garden waste subscription in words for officers, and the choices for cancelling it. */
import type { FieldError } from "../../shared/api.ts";
import { dayText } from "../../shared/dates.ts";
import { pounds } from "../../shared/money.ts";
import type { CaseGarden, GardenSubscription } from "./model.ts";
import { countText } from "./words.ts";

export const REASONS: [value: string, words: string][] = [
  ["moved_away", "They moved away"],
  ["not_wanted", "They no longer want it"],
  ["wrong_address", "It is for the wrong address"],
  ["service_failed", "We did not collect as promised"],
  ["other", "Another reason, which I write in a note"],
];

export const MONEY_BACK = "refund";
export const NO_MONEY_BACK = "keep";

/** Names and values, without those that the subscription does not have. */
export function gardenFacts(of: GardenSubscription): [name: string, value: string][] {
  const last = of.years.at(-1);
  const rows: [string, string | null | undefined][] = [
    ["Home", of.address || of.premises_id],
    ["Subscription", stateText(of)],
    ["Last day", of.state === "live" && last ? dayText(last.last, "UTC") : null],
    ["Bins", of.state === "live" ? countText(of.containers, "bin") : null],
  ];
  return rows.filter((row): row is [string, string] => Boolean(row[1]));
}

/** The choices for the money: refund it, if a card payment is recent enough, or keep it. */
export function moneyChoices({ refund_pence: pence }: CaseGarden): [value: string, words: string][] {
  const keep: [string, string] = [NO_MONEY_BACK, "Send no money back"];
  return pence ? [[MONEY_BACK, `Send ${pounds(pence)} back to the card`], keep] : [keep];
}

/** The errors for choices that are missing. */
export function cancellationFaults(reason: string, money: string | undefined): FieldError[] {
  return [
    ...(reason ? [] : [{ field: "garden-reason", message: "Choose the reason" }]),
    ...(money ? [] : [{ field: "garden-money", message: "Choose if money goes back" }]),
  ];
}

function stateText({ state, cancelled_on: cancelledOn }: GardenSubscription): string {
  if (state === "live") return "Runs";
  return state === "cancelled" && cancelledOn ? `Cancelled on ${dayText(cancelledOn, "UTC")}` : "Has ended";
}
