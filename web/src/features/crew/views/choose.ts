/** The choice of crew and day. */
import { choiceItems, checkedValues } from "../../../shared/choices.ts";
import { loadCouncil } from "../../../shared/council.ts";
import { isoDay } from "../../../shared/dates.ts";
import { element } from "../../../shared/dom.ts";
import { clearErrors, showErrors } from "../../../shared/form-errors.ts";
import { isSignedOut } from "../../../shared/outcome.ts";
import { faultOf } from "../../../shared/fault.ts";
import { call, signInAddress, whoIsSignedIn } from "../../../shared/session.ts";
import type { Crew } from "../model.ts";
import { backLink, heading, type Part } from "../parts.ts";
import { saveChoice as keepChoice, state } from "../state.ts";
import { sync } from "../sync.ts";

export async function renderChoice(): Promise<Part[]> {
  const top = [...(state.choice ? [backLink("#")] : []), ...heading("Choose a list")];
  const who = await whoIsSignedIn();
  if (isSignedOut(who)) return [...top, element("p", {}, "Sign in to see the jobs of your crew."), signInLink()];
  if (who.kind !== "stored")
    return [...top, element("p", {}, "You need a signal to choose another list. Try again when you have one.")];
  if (!who.value.roles.some((role) => role !== "resident"))
    return [...top, element("p", {}, "This page is for the council's crews.")];
  const asked = await call<{ items: Crew[] }>("GET", "/api/crews");
  if (asked.kind !== "stored")
    return [...top, element("p", { role: "alert" }, faultOf(asked).replace("Nothing was changed: ", ""))];
  if (!asked.value.items.length)
    return [...top, element("p", {}, "You are not in a crew. Ask the office to add you to one.")];
  const council = await loadCouncil();
  return [...top, choiceForm(asked.value.items, who.value.account_id, council.time_zone)];
}

function signInLink(): HTMLElement {
  return element("a", { class: "govuk-button", href: signInAddress(), role: "button", draggable: "false" }, "Sign in");
}

function choiceForm(crews: Crew[], account: string, zone: string): HTMLElement {
  const known = crews.some(({ crew }) => crew === state.choice?.crew)
    ? state.choice!.crew
    : crews.length === 1
      ? crews[0]!.crew
      : "";
  const today = isoDay(new Date(), zone);
  const made = element("form", { id: "choose", novalidate: "" });
  const radios = element(
    "div",
    { class: "govuk-radios", "data-error-before": "" },
    ...choiceItems(
      "radio",
      "crew",
      crews.map(({ crew, name }) => [crew, name]),
      known ? [known] : [],
    ),
  );
  const day = element("input", {
    class: "govuk-input govuk-input--width-10",
    id: "day",
    type: "date",
    value: state.choice?.day ?? today,
  });
  made.append(
    element(
      "div",
      { class: "govuk-form-group" },
      element(
        "fieldset",
        { class: "govuk-fieldset" },
        element("legend", { class: "govuk-fieldset__legend" }, "Crew"),
        radios,
      ),
    ),
    element("div", { class: "govuk-form-group" }, element("label", { class: "govuk-label", for: "day" }, "Day"), day),
    element("button", { class: "govuk-button", type: "submit" }, "Show list"),
  );
  made.addEventListener("submit", (event) => {
    event.preventDefault();
    clearErrors(made);
    const chosen = crews.find(({ crew }) => crew === checkedValues(made, "crew")[0]);
    if (!chosen) return showErrors(made, [{ field: "crew", message: "Choose a crew" }]);
    if (!day.value) return showErrors(made, [{ field: "day", message: "Choose a day" }]);
    void open(chosen, day.value === today ? null : day.value);
  });

  async function open({ crew, name }: Crew, chosen: string | null): Promise<void> {
    await keepChoice({ account, crew, name, day: chosen, time_zone: zone });
    if (location.hash) location.hash = "";
    else dispatchEvent(new Event("hashchange"));
    void sync();
  }
  return made;
}
