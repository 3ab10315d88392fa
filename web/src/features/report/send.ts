/** Sends the draft. Its key stays the same from try to try, so that a report is never stored twice. */
import { type Outcome, post, type Problem } from "../../shared/api.ts";
import { actionButton, byId, element, focusOn, show } from "../../shared/dom.ts";
import { clearErrors, idOf, showErrors } from "../../shared/form-errors.ts";
import type { Draft } from "../../shared/pending-report.ts";
import type { StoredReport } from "../../shared/reports.ts";
import { currentDraft, finishDraft, renewKey } from "./draft.ts";
import { rememberSent } from "./sent.ts";
import { sectionOf, type StepName } from "./steps.ts";

const section = sectionOf("check");
const button = byId<HTMLButtonElement>("send");
const status = byId("send-status");
const notSent = byId("not-sent");

const STEP_OF: Record<string, StepName> = {
  lat: "where",
  long: "where",
  address: "where",
  service_code: "service",
  description: "description",
  title: "description",
  contact: "contact",
};

export function startSending(leave: (step: StepName) => void): void {
  section.querySelector("form")!.addEventListener("submit", (event) => {
    event.preventDefault();
    void send(leave);
  });
}

async function send(leave: (step: StepName) => void): Promise<void> {
  button.disabled = true;
  status.textContent = "Sending your report…";
  clearErrors(section);
  show(notSent, false);
  const draft = currentDraft();
  const outcome = await post<StoredReport>("/api/reports", bodyOf(draft), draft.key);
  button.disabled = false;
  status.textContent = "";
  settle(outcome, leave);
}

function settle(outcome: Outcome<StoredReport>, leave: (step: StepName) => void): void {
  button.textContent = outcome.kind === "later" ? "Try again" : "Send report";
  if (outcome.kind === "stored") {
    rememberSent(outcome.value);
    finishDraft();
    leave("sent");
  } else if (outcome.kind === "later") {
    explain("Not sent yet. What you wrote is kept on this phone", whenToRetry(outcome.retryAfterSeconds));
  } else {
    refuse(outcome.problem, leave);
  }
}

export function bodyOf(draft: Draft) {
  const contact = optional({ name: draft.name, email: draft.email, phone: draft.phone });
  return {
    service_code: draft.service_code,
    lat: draft.lat,
    long: draft.long,
    description: draft.description.trim(),
    ...optional({ title: draft.title, address: draft.address }),
    ...(Object.keys(contact).length ? { contact } : {}),
  };
}

function optional(texts: Record<string, string>): Record<string, string> {
  const trimmed = Object.entries(texts).map(([name, text]) => [name, text.trim()] as const);
  return Object.fromEntries(trimmed.filter(([, text]) => text));
}

function refuse(problem: Problem, leave: (step: StepName) => void): void {
  const errors = problem.errors ?? [];
  const step = STEP_OF[errors[0]?.field.split(".")[0] ?? ""];
  if (problem.status === 409) return explainStored(problem, leave);
  if (!step) return showErrors(section, [{ field: "send", message: problem.detail ?? problem.title }]);
  addEventListener("hashchange", () => showErrors(sectionOf(step), errors.map(onThisPage)), { once: true });
  leave(step);
}

/** Errors of fields that have no control of their own point at the control that sets them. */
function onThisPage({ field, message }: { field: string; message: string }) {
  const known = document.getElementById(idOf(field));
  const stand: Record<string, string> = { lat: "use-location", long: "use-location", service_code: "service-search" };
  return { field: known ? field : (stand[field] ?? field), message };
}

function explainStored(problem: Problem, leave: (step: StepName) => void): void {
  const id = /[0-9A-Z]{12}/.exec(problem.link ?? "")?.[0];
  const link = element("a", { href: id ? `/reports/${id}` : "/track/" }, "See the report that we have");
  const sendAsNew = actionButton("Send this as a new report", () => {
    renewKey();
    void send(leave);
  });
  const throwAway = actionButton("Throw this away", () => {
    finishDraft();
    show(notSent, false);
    leave("where");
  });
  explain(
    "You have already sent this report, with other answers",
    "What you wrote since is kept on this phone.",
    element("p", {}, link),
    element("div", { class: "app-buttons" }, sendAsNew, throwAway),
  );
}

function explain(title: string, text: string, ...more: Node[]): void {
  notSent.replaceChildren(element("h2", {}, title), element("p", {}, text), ...more);
  show(notSent);
  focusOn(notSent);
}

function whenToRetry(seconds: number | null): string {
  if (!seconds) return "Keep this page open and try again when you have a connection.";
  const minutes = Math.ceil(seconds / 60);
  return `The service is busy. Keep this page open and try again in ${minutes === 1 ? "a minute" : `${minutes} minutes`}.`;
}
