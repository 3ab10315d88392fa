/** "Report this page" as a form on the page. Without JavaScript, the link leads to a separate form. */
import type { Outcome } from "../../shared/api.ts";
import { byId, element, focusOn } from "../../shared/dom.ts";
import { clearErrors, showErrors } from "../../shared/form-errors.ts";
import { reasonOf } from "../../shared/outcome.ts";
import { postAsSignedIn } from "../../shared/post.ts";
import { say } from "../../shared/say.ts";

const REASONS = {
  personal_data: say("It includes personal information that should not be public"),
  offensive: say("It is offensive"),
  not_a_report: say("It is not about a problem"),
  other: say("Something else"),
};
const MAX_LENGTH = 500;

export function startFlag(reportId: string): void {
  const link = byId<HTMLAnchorElement>("flag-link");
  const status = byId("flag-status");
  const key = crypto.randomUUID();
  const legend = element("legend", { class: "govuk-fieldset__legend" }, say("What is wrong with it?"));
  const text = element("textarea", {
    class: "govuk-textarea",
    id: "flag-text",
    rows: "3",
    "aria-describedby": "flag-text-hint",
  });
  const button = element(
    "button",
    { class: "govuk-button govuk-button--secondary", type: "submit" },
    say("Send to the council"),
  );
  const form = element(
    "form",
    { id: "flag-form", novalidate: "" },
    element("h2", {}, say("Report this page")),
    group(
      element(
        "fieldset",
        { class: "govuk-fieldset" },
        legend,
        element("div", { class: "govuk-radios", "data-error-before": "" }, ...Object.entries(REASONS).map(radio)),
      ),
    ),
    group(
      element("label", { class: "govuk-label", for: "flag-text" }, say("Tell us more (optional)")),
      element("p", { class: "govuk-hint", id: "flag-text-hint" }, say("Only the council can see this.")),
      text,
    ),
    button,
  );

  link.addEventListener("click", (event) => {
    event.preventDefault();
    link.parentElement!.replaceWith(form);
    focusOn(form.querySelector("h2")!);
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    clearErrors(form);
    const reason = form.querySelector<HTMLInputElement>("input:checked")?.value;
    if (!reason) showErrors(form, [{ field: "flag-reason", message: say("Choose what is wrong with it") }]);
    else if (text.value.length > MAX_LENGTH)
      refuse(say("What you write must be {limit} characters or fewer", { limit: MAX_LENGTH }));
    else void send(reason);
  });

  function refuse(message: string): void {
    showErrors(form, [{ field: "flag-text", message }]);
  }

  async function send(reason: string): Promise<void> {
    button.disabled = true;
    const words = text.value.trim();
    const outcome = await postAsSignedIn(
      `/api/reports/${reportId}/flags`,
      { reason, ...(words ? { text: words } : {}) },
      key,
    );
    button.disabled = false;
    handleOutcome(outcome);
  }

  function handleOutcome(outcome: Outcome<unknown>): void {
    if (outcome.kind === "later") {
      refuse(outcome.why ?? say("We have not received this. Check your connection and try again"));
    } else if (outcome.kind === "refused") {
      refuse(reasonOf(outcome.problem));
    } else {
      form.remove();
      status.textContent = say("Thank you. We'll look at it.");
      focusOn(status);
    }
  }
}

function group(...children: HTMLElement[]): HTMLElement {
  return element("div", { class: "govuk-form-group" }, ...children);
}

/** The first radio has the id that the error summary links to. */
function radio([value, words]: [string, string], index: number): HTMLElement {
  const id = index === 0 ? "flag-reason" : `flag-reason-${index + 1}`;
  return element(
    "div",
    { class: "govuk-radios__item" },
    element("input", { class: "govuk-radios__input", id, name: "flag-reason", type: "radio", value }),
    element("label", { class: "govuk-label govuk-radios__label", for: id }, words),
  );
}
