/** Possible duplicates: reports merged into this one, and reports near it. */
import { dayElement } from "../../shared/dates.ts";
import { byId, element, show, unseen } from "../../shared/dom.ts";
import { clearErrors, showErrors } from "../../shared/form-errors.ts";
import { parseReference } from "../../shared/reference.ts";
import { stateTag } from "../../shared/states.ts";
import { here } from "./current-case.ts";
import type { Near } from "./model.ts";
import { nameOf } from "./names.ts";
import { caseAddress, reference } from "./words.ts";

const form = byId<HTMLFormElement>("link-form");
const other = byId<HTMLInputElement>("other");

export function startNear(): void {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    clearErrors(form);
    const id = parseReference(other.value);
    if (!id || id === here.shown.service_request_id)
      showErrors(form, [{ field: "other", message: "Enter the reference of another report, like 7K3M-2QXV-9HTD" }]);
    else location.assign(both(id));
  });
}

export function drawNear(): void {
  const { merged, nearby } = here.shown;
  byId("merged-list").replaceChildren(...merged.map(mergedEntry));
  byId("near-list").replaceChildren(...nearby.map(nearEntry));
  show(byId("none-near"), nearby.length + merged.length === 0);
}

const both = (id: string) => `/desk/merge/?${new URLSearchParams({ one: here.shown.service_request_id, other: id })}`;

function mergedEntry(id: string): HTMLElement {
  return element(
    "li",
    {},
    "Merged into this report: ",
    element("a", { href: caseAddress(id) }, reference(id)),
    " ",
    element("a", { href: both(id) }, "Compare or unmerge", unseen(`: ${id}`)),
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
}: Near): HTMLElement {
  const name = title || nameOf(service_code, here.names.services);
  const facts = element(
    "div",
    { class: "app-muted" },
    `${Math.round(distance_m)} m away, reported `,
    dayElement(requested_datetime, here.zone),
  );
  if (!in_remit) {
    const elsewhere = element("p", {}, "Another team or ward has this report.");
    return element("li", {}, element("div", { class: "desk-tags" }, name, stateTag(state)), facts, elsewhere);
  }
  const compare = element("a", { href: both(id) }, "Compare and merge", unseen(`: ${name}, ${id}`));
  return element(
    "li",
    {},
    element("div", { class: "desk-tags" }, element("a", { href: caseAddress(id) }, name), stateTag(state)),
    facts,
    compare,
  );
}
