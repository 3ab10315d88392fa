/** From a reference to what is being done about the report; `?ref=` works as a link. */
import { loadCouncil } from "../../shared/council.ts";
import { byId, element, focusOn, show } from "../../shared/dom.ts";
import { clearErrors, showErrors } from "../../shared/form-errors.ts";
import { groupReference, mayBeWords, parseReference } from "../../shared/reference.ts";
import { findReport } from "../../shared/reports.ts";
import { reportSummary } from "./summary.ts";

const NOT_PUBLIC =
  "Some reports are private, and some are public only after we have looked at them. " +
  "You can see such a report only by the link that you got when you sent it.";

const form = byId<HTMLFormElement>("track-form");
const input = byId<HTMLInputElement>("ref");
const result = byId("track-result");
const status = byId("track-status");

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const address = new URL(location.href);
  address.searchParams.set("ref", input.value.trim());
  history.pushState(null, "", address);
  void track();
});
addEventListener("popstate", () => void track());
if (wanted() !== null) void track();

function wanted(): string | null {
  return new URL(location.href).searchParams.get("ref");
}

function refuse(message: string): void {
  showErrors(form, [{ field: "ref", message }]);
}

async function track(): Promise<void> {
  const typed = wanted() ?? "";
  input.value = typed;
  clearErrors(form);
  show(result, false);
  const id = parseReference(typed);
  if (id) await lookUp(id, typed);
  else if (!typed) refuse("Enter your reference, or a street or place");
  else if (!(await showPlaces(typed))) refuse("A reference has 12 letters and numbers, like 7K3M-2QXV-9HTD, and we know no place of that name. Check what you typed");
}

/** Shows the places that are called so, each with the reports near it; false where none is. */
async function showPlaces(typed: string): Promise<boolean> {
  status.textContent = "Looking for places…";
  try {
    const { searchPlaces } = await import("../../shared/places/places.ts");
    const { found } = await searchPlaces(typed);
    if (typed !== wanted() || !found.length) return typed !== wanted();
    const links = found.map(({ label, lat, long }) => element("li", {}, element("a", { href: `/map/#17/${lat.toFixed(5)}/${long.toFixed(5)}` }, label)));
    const heading = element("h2", { class: "govuk-heading-m" }, `Places called “${typed}”`);
    result.replaceChildren(heading, element("p", {}, "This is no reference. Choose a place to see the reports near it:"), element("ul", { class: "govuk-list" }, ...links));
    show(result);
    focusOn(heading);
    return true;
  } catch {
    return false;
  } finally {
    status.textContent = "";
  }
}

async function lookUp(id: string, typed: string): Promise<void> {
  status.textContent = "Looking for your report…";
  try {
    const council = await loadCouncil();
    const report = await findReport(id, council.request);
    if (id !== parseReference(wanted() ?? "")) return;
    if (report) {
      result.replaceChildren(...(await reportSummary(report, council)));
      show(result);
      focusOn(result.querySelector("h2")!);
    } else if (!(mayBeWords(typed) && (await showPlaces(typed)))) {
      result.replaceChildren(element("p", { class: "app-notice" }, NOT_PUBLIC));
      show(result);
      refuse(`We have no public report with the reference ${groupReference(id)}. Check what you typed`);
    }
  } catch {
    refuse("We could not look for your report just now. Check your connection and try again");
  } finally {
    status.textContent = "";
  }
}
