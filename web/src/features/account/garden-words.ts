/** The garden waste subscription that a report bought, in words for My account. */
import { dayText } from "../../shared/dates.ts";
import { say, sayMany } from "../../shared/say.ts";

/** `years` were paid for; `containers` are emptied now; `may_buy` can be bought now; `may_change`: the page of the
 * request can move and cancel all of it. */
export interface Garden {
  address: string;
  state: "none" | "live" | "cancelled" | "lapsed" | "moved";
  containers: number;
  years: { first: string; last: string }[];
  cancelled_on: string | null;
  may_buy: ("join" | "add" | "renew")[];
  may_change: boolean;
}

/** The home, and how long its garden waste is collected. */
export function gardenLines(garden: Garden): [string, string] {
  const { address } = garden;
  return [
    address ? say("Garden waste subscription for {address}", { address }) : say("Your garden waste subscription"),
    statusText(garden),
  ];
}

/** The text of the link to the request's page, where the subscription can be changed. */
export function gardenLink({ state, may_buy: mayBuy, may_change: mayChange }: Garden): string {
  if (state === "moved") return say("See the request");
  if (state !== "live") return say("Subscribe again");
  const canRenew = mayBuy.includes("renew");
  if (!mayChange) return canRenew ? say("Renew it or add a bin") : say("See it or add a bin");
  return canRenew ? say("Renew, move or cancel it") : say("Change, move or cancel it");
}

function termText(first: string, last: string): string {
  const day = dayText(last, "UTC");
  if (first <= new Date().toISOString().slice(0, 10)) return say("It runs until {day}.", { day });
  return say("It runs from {first} to {last}.", { first: dayText(first, "UTC"), last: day });
}

function statusText({ state, containers, years, cancelled_on: cancelledOn }: Garden): string {
  const last = years.at(-1)?.last;
  if (state === "live" && last) {
    const until = termText(years[0]!.first, last);
    return `${until} ${sayMany(containers, "We empty {count} bin.", "We empty {count} bins.")}`;
  }
  if (state === "cancelled" && cancelledOn)
    return say("It was cancelled on {day}.", { day: dayText(cancelledOn, "UTC") });
  if (state === "moved") return say("It has moved to another address.");
  return say("It has ended.");
}
