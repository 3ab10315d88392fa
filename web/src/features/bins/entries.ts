/** The list of bins, and of the streets that were not reached. */
import type { BinDay, CollectionDay, MissedStreet } from "../../shared/collections/bin-days.ts";
import { byId, element } from "../../shared/dom.ts";
import { say } from "../../shared/say.ts";

export function binEntry({ name, colour, date, headline, notes }: BinDay): HTMLElement {
  const symbol = byId<HTMLTemplateElement>("bin").content.firstElementChild!.cloneNode(true) as SVGElement;
  symbol.setAttribute("fill", colour);
  const day = date ? element("time", { datetime: date }, headline) : headline;
  return element(
    "li",
    { class: "app-bins__entry" },
    symbol,
    element(
      "div",
      { class: "app-bins__text" },
      element("h2", {}, name),
      element("p", { class: "app-bins__day" }, day),
      ...notes.map((note) => element("p", {}, note)),
    ),
  );
}

export function streetList(streets: MissedStreet[]): HTMLElement[] {
  if (streets.length === 0) return [];
  const entries = streets.map(({ street, text }) =>
    element("li", {}, element("p", {}, element("strong", {}, street)), element("p", {}, text)),
  );
  return [element("h2", {}, say("Streets that were not reached")), element("ul", { class: "app-area" }, ...entries)];
}

export function dayEntry({ day, text, bins }: CollectionDay): HTMLElement {
  return element("li", {}, element("time", { datetime: day }, text), ...bins.map((bin) => element("div", {}, bin)));
}
