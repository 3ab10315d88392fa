/** One report of the list, to change or withdraw it until work on it starts. */
import { actionButton, element, focusOn, screenReaderText } from "../../shared/dom.ts";
import { clearErrors, showErrors } from "../../shared/form-errors.ts";
import { groupReference } from "../../shared/reference.ts";
import { call } from "../../shared/session.ts";
import { changesIn, type OwnReport } from "./own-report.ts";
import { change, tell } from "./page.ts";
import { reportFacts } from "./report-facts.ts";
import { heading, nameOf } from "./report-heading.ts";
import type { Known } from "./report-list.ts";
import { askAbout, findingsIn, reportForm, wordsIn } from "./report-form.ts";
import { pathOf, saveReport } from "./report-save.ts";
import { say } from "../../shared/say.ts";

export function reportEntry(report: OwnReport, about: Known): HTMLElement {
  const entry = element("section", { class: "app-entry" });
  /** Public text that the reporter kept although it looks like personal information. */
  let kept = "";
  show(report);
  return entry;

  function show(now: OwnReport): void {
    entry.replaceChildren(heading(now, about), ...reportFacts(now, about), ...(now.can_change ? [actions(now)] : []));
  }

  function actions(now: OwnReport): HTMLElement {
    const buttons = [actionButton(say("Change"), () => edit(now)), actionButton(say("Withdraw"), () => ask(now))];
    for (const each of buttons)
      each.append(screenReaderText(` ${nameOf(now, about)}, ${groupReference(now.service_request_id)}`));
    return element("div", { class: "app-buttons" }, ...buttons);
  }

  function edit(now: OwnReport): void {
    const form = reportForm(now, () => back(now));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      void save(now, form);
    });
    entry.replaceChildren(heading(now, about), form);
    focusOn(entry.querySelector("h2")!);
  }

  async function save(now: OwnReport, form: HTMLFormElement): Promise<void> {
    const id = now.service_request_id;
    const words = wordsIn(form);
    clearErrors(form);
    if (!words.description)
      return showErrors(form, [{ field: `${id}-description`, message: say("Describe the problem") }]);
    if (await hasToAsk(form, now)) return;
    const saved = await change(
      form,
      () => saveReport(now, changesIn(words, now)),
      (name) => `${id}-${name || "description"}`,
    );
    if (!saved) return;
    back(saved);
    tell(say("We've saved your changes to report {reference}.", { reference: groupReference(id) }));
  }

  /** Asks before personal information becomes public, once for the same text. */
  async function hasToAsk(form: HTMLFormElement, now: OwnReport): Promise<boolean> {
    const words = JSON.stringify(wordsIn(form));
    form.querySelector("[data-question]")?.remove();
    if (words === kept) return false;
    const findings = await findingsIn(wordsIn(form), now);
    if (!findings.length) return false;
    kept = words;
    const question = askAbout(findings);
    form.querySelector(".app-buttons")!.before(question);
    focusOn(question);
    return true;
  }

  function ask(now: OwnReport): void {
    const question = element(
      "p",
      {},
      say("Withdraw this report? We'll remove it from the map and delete what you wrote. We will not deal with it."),
    );
    const yes = actionButton(say("Yes, withdraw it"), () => void withdraw(now));
    yes.id = `${now.service_request_id}-withdraw`;
    entry.replaceChildren(
      heading(now, about),
      question,
      element(
        "div",
        { class: "app-buttons" },
        yes,
        actionButton(say("No, keep it"), () => back(now)),
      ),
    );
    focusOn(question);
  }

  async function withdraw(now: OwnReport): Promise<void> {
    const id = now.service_request_id;
    const done = await change(
      entry,
      () => call("POST", `${pathOf(now)}/withdrawal`, {}),
      () => `${id}-withdraw`,
    );
    if (!done) return;
    const note = element(
      "p",
      {},
      say("You have withdrawn report {reference}. It is not public, and we will not deal with it.", {
        reference: groupReference(id),
      }),
    );
    entry.replaceChildren(note);
    focusOn(note);
  }

  function back(now: OwnReport): void {
    show(now);
    focusOn(entry.querySelector("h2")!);
  }
}
