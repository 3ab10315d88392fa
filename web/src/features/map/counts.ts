/** Counts for a map that is zoomed out too far for pins, summed in words. */
import type { Service } from "../../shared/council.ts";
import { byId, element, show } from "../../shared/dom.ts";
import { kindIcon } from "./kind-icon.ts";
import { type Filter, type Tally, tallyOf } from "./marks.ts";
import type { Count } from "./tiles.ts";
import { say } from "../../shared/say.ts";

const list = byId("count-list");

/** Lists the counts in view by kind of problem: the accessible alternative to the marks. */
export function drawCountList(counts: Count[], services: Map<string, Service>, passes: Filter): void {
  const codes = [...new Set(counts.flatMap((count) => Object.keys(count.services)))];
  const rows = codes
    .map((code) => ({ code, tally: tallyOf(counts, (each, status) => each === code && passes(each, status)) }))
    .filter(({ tally }) => tally.open + tally.closed > 0)
    .sort((one, other) => other.tally.open - one.tally.open || other.tally.closed - one.tally.closed);
  list.replaceChildren(
    ...rows.map(({ code, tally }) =>
      element(
        "li",
        { "data-service-code": code },
        kindIcon(code),
        element("span", { class: "app-map__kind" }, services.get(code)?.service_name ?? say("Other")),
        element("span", {}, tallyText(tally)),
      ),
    ),
  );
  show(list, rows.length > 0);
}

export function hideCountList(): void {
  list.replaceChildren();
  show(list, false);
}

export function tallyText({ open, closed }: Tally): string {
  return say("{open} open, {closed} closed", { open: numbers.format(open), closed: numbers.format(closed) });
}

const numbers = new Intl.NumberFormat("en-GB");
