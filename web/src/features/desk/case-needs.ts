/** Updates from crews, contractors and residents that an officer has to deal with. */
import { actionButton, byId, element, show, screenReaderText } from "../../shared/dom.ts";
import { moment } from "./case-facts.ts";
import { changeCase, casePage, may } from "./current-case.ts";
import type { Need } from "./model.ts";
import { needText } from "./words.ts";

export function startNeeds(): void {
  byId("settle-needs").addEventListener(
    "click",
    () => void changeCase(byId("needs"), { needs_settled: true }, "Marked as dealt with.", "settle-needs"),
  );
}

export function drawNeeds(): void {
  const { needs } = casePage.shown;
  show(byId("needs"), needs.length > 0);
  show(byId("settle-needs"), may("change") && needs.some(({ reason }) => reason !== "contractor_text"));
  byId("need-list").replaceChildren(...needs.map(needEntry));
}

function needEntry(need: Need): HTMLElement {
  const when = element("div", { class: "app-muted" }, moment(need.since));
  const entry = element(
    "li",
    { id: `need-${need.need_id}` },
    element("p", { class: "app-prose", dir: "auto" }, needText(need)),
    when,
  );
  if (need.reason === "contractor_text" && may("change")) entry.append(decision(need, entry));
  return entry;
}

/** The officer decides whether a contractor's text is published. */
function decision(need: Need, entry: HTMLElement): HTMLElement {
  const decide = (decided: "shown" | "hidden", done: string) =>
    void changeCase(entry, { contractor_text: { [need.need_id]: decided } }, done, entry.id);
  const publish = actionButton("Show on the report", () => decide("shown", "The contractor's text is on the report."));
  const remove = actionButton("Do not show", () => decide("hidden", "The contractor's text is not shown."));
  for (const each of [publish, remove]) each.append(screenReaderText(`: ${need.why.slice(0, 60)}`));
  return element("div", { class: "app-buttons" }, publish, remove);
}
