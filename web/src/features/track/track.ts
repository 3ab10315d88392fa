/** From a reference to what is being done about the report; `?ref=` works as a link. */
import { loadCouncil } from "../../shared/council.ts";
import { byId, element, focusOn, show } from "../../shared/dom.ts";
import { clearErrors, showErrors } from "../../shared/form-errors.ts";
import { groupReference, parseReference } from "../../shared/reference.ts";
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
  if (id) await lookUp(id);
  else if (typed) refuse("A reference has 12 letters and numbers, like 7K3M-2QXV-9HTD. Check what you typed");
  else refuse("Enter your reference");
}

async function lookUp(id: string): Promise<void> {
  status.textContent = "Looking for your report…";
  try {
    const council = await loadCouncil();
    const report = await findReport(id, council.request);
    if (id !== parseReference(wanted() ?? "")) return;
    if (report) {
      result.replaceChildren(...(await reportSummary(report, council)));
      show(result);
      focusOn(result.querySelector("h2")!);
    } else {
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
