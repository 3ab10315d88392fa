/** A sheet to print, in case the phone fails: every job, with room to write. */
import { element } from "../../../shared/dom.ts";
import { placeText } from "../../../shared/places/place-text.ts";
import { backLink, dayWords, heading, moment, type Part, placeOf, whenText } from "../parts.ts";
import { type JobView, listedDay, state } from "../state.ts";
import { KINDS, minutesText, STATES } from "../words.ts";

export function renderSheet(): Part[] {
  const { choice, storedDay } = state;
  if (!choice || !storedDay)
    return [backLink("#"), ...heading("Print sheet"), element("p", {}, "There is no list on this phone.")];
  const { document: of } = storedDay;
  const print = element("button", { class: "govuk-button", type: "button", id: "print" }, "Print");
  print.addEventListener("click", () => window.print());
  return [
    backLink("#"),
    ...heading(`${of.name}: ${dayWords(listedDay(choice))}`),
    element("p", { class: "crew-screen" }, print),
    element(
      "p",
      {},
      `Shift ${of.shift.starts} to ${of.shift.ends}, from ${of.depot.name}. As of ${moment(new Date(storedDay.at).toISOString())}.`,
    ),
    element("ol", { class: "crew-sheet" }, ...state.jobs.filter(({ gone }) => gone === null).map(sheetEntry)),
  ];
}

function sheetEntry({ job, number, state: stands }: JobView): HTMLElement {
  const line = (name: string, words: string) =>
    words ? [element("p", {}, element("strong", {}, `${name}: `), words)] : [];
  const details = element(
    "div",
    {},
    element("h2", {}, `${number}. ${job.title}`),
    ...line("Hazards", job.hazards.join(", ")),
    element("p", {}, `${placeOf(job)}${job.address ? ` (${placeText(job)})` : ""}`),
    element(
      "p",
      {},
      [`${KINDS[job.kind]}: ${job.service_name}`, whenText(job), minutesText(job.minutes)].filter(Boolean).join(" · "),
    ),
    ...line("Take with you", job.materials.join(", ")),
    ...line("To do", job.instructions),
    ...(stands === "planned" ? [] : line("So far", STATES[stands][0])),
  );
  const boxes = ["Done", "Could not be done", "Handed over"].map((words) =>
    element("p", {}, element("span", { class: "crew-box", "aria-hidden": "true" }), words),
  );
  const room = element("p", { class: "crew-line" }, "Time, and why or what is left:");
  return element("li", {}, details, element("div", { class: "crew-boxes" }, ...boxes, room));
}
