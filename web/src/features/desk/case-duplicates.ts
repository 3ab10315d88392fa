/** Possible duplicates: reports merged into this one, and reports near it. */
import { dayElement } from "../../shared/dates.ts";
import { actionButton, byId, element, focusOn, show, screenReaderText } from "../../shared/dom.ts";
import { clearErrors, showErrors } from "../../shared/form-errors.ts";
import { groupReference, parseReference } from "../../shared/reference.ts";
import { showStatus } from "../../shared/staff-page.ts";
import { stateTag } from "../../shared/states.ts";
import { casePage, ifMatch, may, pathOf, sendForCase } from "./current-case.ts";
import type { MergedReport, NearbyReport } from "./model.ts";
import { nameOf } from "./names.ts";
import { caseAddress, reference } from "./words.ts";

const form = byId<HTMLFormElement>("link-form");
const other = byId<HTMLInputElement>("other");
const survivor = byId("is-duplicate");
const UNMERGE = "unmerge";
const ELSEWHERE = "Another team or ward has this report.";

export function startNear(): void {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    clearErrors(form);
    const id = parseReference(other.value);
    if (!id || id === casePage.shown.service_request_id)
      showErrors(form, [{ field: "other", message: "Enter the reference of another report, like 7K3M-2QXV-9HTD" }]);
    else location.assign(mergeAddress(id));
  });
}

/** Links to the report that the case was merged into; where another team has that one, only the button to leave it. */
export function drawDuplicate(): void {
  const { duplicate_of: id, may_open_survivor } = casePage.shown;
  show(survivor, id !== null);
  if (!id) return;
  const link = element("a", { href: caseAddress(id) }, groupReference(id));
  const into = may_open_survivor ? [link] : [reference(id)];
  const compare = element("a", { href: mergeAddress(id) }, "Compare or unmerge");
  const leave = actionButton("Unmerge", () => void unmerge());
  leave.id = UNMERGE;
  survivor.replaceChildren(
    element("p", {}, "This was merged into ", ...into, ". Its followers now follow that report."),
    ...(may_open_survivor ? [] : [element("p", {}, ELSEWHERE)]),
    ...(may("unmerge") ? [may_open_survivor ? element("p", {}, compare) : leave] : []),
  );
}

async function unmerge(): Promise<void> {
  if (!(await sendForCase(survivor, pathOf(casePage.shown, "/unmerge"), {}, ifMatch(casePage.shown), UNMERGE))) return;
  showStatus("Unmerged, with its followers.");
  focusOn(byId("case-title"));
}

export function drawNear(): void {
  const { merged, nearby } = casePage.shown;
  byId("merged-list").replaceChildren(...merged.map(mergedEntry));
  byId("near-list").replaceChildren(...nearby.map(nearEntry));
  show(byId("none-near"), nearby.length + merged.length === 0);
  show(form, may("change"));
}

const mergeAddress = (id: string) =>
  `/desk/merge/?${new URLSearchParams({ one: casePage.shown.service_request_id, other: id })}`;

function mergedEntry({ service_request_id: id, in_remit, may_unmerge }: MergedReport): HTMLElement {
  const compare = element("a", { href: mergeAddress(id) }, "Compare or unmerge", screenReaderText(`: ${id}`));
  return element(
    "li",
    {},
    "Merged into this report: ",
    ...(in_remit ? [element("a", { href: caseAddress(id) }, reference(id))] : [reference(id), `. ${ELSEWHERE}`]),
    ...(may_unmerge ? [" ", compare] : []),
  );
}

function nearEntry({
  service_request_id: id,
  title,
  service_code,
  state,
  distance_m,
  requested_datetime,
  in_remit,
}: NearbyReport): HTMLElement {
  const name = title || nameOf(service_code, casePage.names.services);
  const facts = element(
    "div",
    { class: "app-muted" },
    `${Math.round(distance_m)} m away, reported `,
    dayElement(requested_datetime, casePage.zone),
  );
  if (!in_remit) {
    const elsewhere = element("p", {}, ELSEWHERE);
    return element("li", {}, element("div", { class: "desk-tags" }, name, stateTag(state)), facts, elsewhere);
  }
  const compare = element("a", { href: mergeAddress(id) }, "Compare and merge", screenReaderText(`: ${name}, ${id}`));
  return element(
    "li",
    {},
    element("div", { class: "desk-tags" }, element("a", { href: caseAddress(id) }, name), stateTag(state)),
    facts,
    ...(may("change") ? [compare] : []),
  );
}
