/** One report of the list, to change or withdraw it until work on it starts. */
import { actionButton, element, focusOn, screenReaderText } from "../../shared/dom.ts";
import { clearErrors, showErrors } from "../../shared/form-errors.ts";
import { groupReference } from "../../shared/reference.ts";
import { call } from "../../shared/session.ts";
import { changesIn, type OwnReport } from "./own-report.ts";
import { sendChange, setStatus } from "./page.ts";
import { reportFacts } from "./report-facts.ts";
import { heading, nameOf } from "./report-heading.ts";
import type { ReportContext } from "./report-list.ts";
import { personalDataWarning, findingsIn, reportForm, readWords } from "./report-form.ts";
import { pathOf, saveReport } from "./report-save.ts";
import { say } from "../../shared/say.ts";

export function reportEntry(report: OwnReport, about: ReportContext): HTMLElement {
  const entry = element("section", { class: "app-entry" });
  /** Public text that the reporter kept although it looks like personal information. */
  let confirmedText = "";
  showEntry(report);
  return entry;

  function showEntry(now: OwnReport): void {
    entry.replaceChildren(heading(now, about), ...reportFacts(now, about), ...(now.can_change ? [actions(now)] : []));
  }

  function actions(now: OwnReport): HTMLElement {
    const buttons = [
      actionButton(say("Change"), () => editReport(now)),
      actionButton(say("Withdraw"), () => askToWithdraw(now)),
    ];
    for (const each of buttons)
      each.append(screenReaderText(` ${nameOf(now, about)}, ${groupReference(now.service_request_id)}`));
    return element("div", { class: "app-buttons" }, ...buttons);
  }

  function editReport(now: OwnReport): void {
    const form = reportForm(now, () => returnToEntry(now));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      void save(now, form);
    });
    entry.replaceChildren(heading(now, about), form);
    focusOn(entry.querySelector("h2")!);
  }

  async function save(now: OwnReport, form: HTMLFormElement): Promise<void> {
    const id = now.service_request_id;
    const words = readWords(form);
    clearErrors(form);
    if (!words.description)
      return showErrors(form, [{ field: `${id}-description`, message: say("Describe the problem") }]);
    if (await hasToAsk(form, now)) return;
    const saved = await sendChange(
      form,
      () => saveReport(now, changesIn(words, now)),
      (name) => `${id}-${name || "description"}`,
    );
    if (!saved) return;
    returnToEntry(saved);
    setStatus(say("We've saved your changes to report {reference}.", { reference: groupReference(id) }));
  }

  /** Asks before personal information becomes public, once for the same text. */
  async function hasToAsk(form: HTMLFormElement, now: OwnReport): Promise<boolean> {
    const words = JSON.stringify(readWords(form));
    form.querySelector("[data-question]")?.remove();
    if (words === confirmedText) return false;
    const findings = await findingsIn(readWords(form), now);
    if (!findings.length) return false;
    confirmedText = words;
    const question = personalDataWarning(findings);
    form.querySelector(".app-buttons")!.before(question);
    focusOn(question);
    return true;
  }

  function askToWithdraw(now: OwnReport): void {
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
        actionButton(say("No, keep it"), () => returnToEntry(now)),
      ),
    );
    focusOn(question);
  }

  async function withdraw(now: OwnReport): Promise<void> {
    const id = now.service_request_id;
    const done = await sendChange(
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

  function returnToEntry(now: OwnReport): void {
    showEntry(now);
    focusOn(entry.querySelector("h2")!);
  }
}
