/** Finds a report by its reference, or places by name; `?ref=` works as a link. */
import { loadCouncil } from "../../shared/council.ts";
import { byId, element, focusOn, show } from "../../shared/dom.ts";
import { clearErrors, showErrors } from "../../shared/form-errors.ts";
import { groupReference, mayBeWords, parseReference } from "../../shared/reference.ts";
import { findReport } from "../../shared/reports.ts";
import { showOwnReports } from "./own-list.ts";
import { reportSummary } from "./summary.ts";
import { say } from "../../shared/say.ts";

const UNMATCHED = say(
  "Check what you entered. A reference has 12 letters and numbers, like 7K3M-2QXV-9HTD. You can also enter a street.",
);
const NOT_PUBLIC = say(
  "Check what you entered. Some reports are private, and we check some reports before publishing them. To see such a report, use the link we gave you when you sent it. The number of a crew's job is not a reference: your reference is in the first message from us.",
);

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
if (referenceInAddress() !== null) void track();
void showOwnReports();

function referenceInAddress(): string | null {
  return new URL(location.href).searchParams.get("ref");
}

function refuse(message: string): void {
  showErrors(form, [{ field: "ref", message }]);
}

/** Shows the answer below the form, which stays where it is. */
function showAnswer(heading: string, text: string, ...more: HTMLElement[]): void {
  const title = element("h2", {}, heading);
  result.replaceChildren(title, element("p", {}, text), ...more);
  show(result);
  focusOn(title);
}

async function track(): Promise<void> {
  const typed = referenceInAddress() ?? "";
  input.value = typed;
  clearErrors(form);
  show(result, false);
  const id = parseReference(typed);
  if (id) await lookUp(id, typed);
  else if (!typed) refuse(say("Enter your reference, or a street or place"));
  else if (!(await showPlaces(typed))) showAnswer(say("We can't find a report or place that matches"), UNMATCHED);
}

/** Shows the places of that name, each with a link to the reports near it; false if there is none. */
async function showPlaces(typed: string): Promise<boolean> {
  status.textContent = say("Looking for places…");
  try {
    const { searchPlaces } = await import("../../shared/places/places.ts");
    const found = await searchPlaces(typed);
    if (typed !== referenceInAddress() || !found.length) return typed !== referenceInAddress();
    const links = found.map(({ label, lat, long }) =>
      element("li", {}, element("a", { href: `/map/#17/${lat.toFixed(5)}/${long.toFixed(5)}` }, label)),
    );
    const list = element("ul", { class: "govuk-list" }, ...links);
    showAnswer(say("Places that match “{typed}”", { typed }), say("Choose a place to see the reports near it:"), list);
    return true;
  } catch {
    return false;
  } finally {
    status.textContent = "";
  }
}

async function lookUp(id: string, typed: string): Promise<void> {
  status.textContent = say("Looking for your report…");
  try {
    const council = await loadCouncil();
    const report = await findReport(id, council.request);
    if (id !== parseReference(referenceInAddress() ?? "")) return;
    if (report) {
      result.replaceChildren(...(await reportSummary(report, council)));
      show(result);
      focusOn(result.querySelector("h2")!);
    } else if (!(mayBeWords(typed) && (await showPlaces(typed)))) {
      showAnswer(
        say("We can't find a report with reference {reference}", { reference: groupReference(id) }),
        NOT_PUBLIC,
      );
    }
  } catch {
    refuse(say("We couldn't search for your report. Check your connection and try again"));
  } finally {
    status.textContent = "";
  }
}
