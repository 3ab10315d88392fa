/** The case's jobs: their progress, the form for a new job, and links for contractors. */
import { dayText } from "../../shared/dates.ts";
import { actionButton, byId, element, focusOn, show, whileBusy } from "../../shared/dom.ts";
import { showRefusedFields } from "../../shared/error-sentences.ts";
import { clearErrors, showErrors } from "../../shared/form-errors.ts";
import { faultOf } from "../../shared/fault.ts";
import { call, errorsOf } from "../../shared/session.ts";
import type { Job } from "../crew/model.ts";
import { KINDS, itemText } from "../crew/words.ts";
import { factRows, moment } from "./case-facts.ts";
import { casePage, may, sendForCase } from "./current-case.ts";
import { jobTag } from "./job-words.ts";
import type { CaseJob } from "./model.ts";
import { fillSelect, toCodeNames } from "./names.ts";

/** Fields of a job that only officers see. */
interface FullJob extends Job {
  contractor: { name: string; expires_at: string } | null;
}

interface Link {
  url: string;
  expires_at: string;
}

const form = byId<HTMLFormElement>("job-form");
const minutes = byId<HTMLInputElement>("minutes");
const instructions = byId<HTMLTextAreaElement>("instructions");
const USUAL_DAYS = "7";
let key = crypto.randomUUID();

export function startJobs(): void {
  fillSelect(byId("kind"), "Set by rules", toCodeNames(KINDS));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void createJob();
  });
}

export function drawJobs(): void {
  const { jobs } = casePage.shown;
  show(byId("open-job"), may("create_job"));
  const none = element("li", { class: "app-muted" }, "There are no jobs.");
  byId("job-list").replaceChildren(...(jobs.length ? jobs.map(jobEntry) : [none]));
}

async function createJob(): Promise<void> {
  clearErrors(form);
  const length = Number(minutes.value || 1);
  if (!Number.isInteger(length) || length < 1)
    return showErrors(form, [{ field: "minutes", message: "Enter whole minutes, like 45" }]);
  const kind = byId<HTMLSelectElement>("kind").value;
  const draft = {
    service_request_ids: [casePage.shown.service_request_id],
    instructions: instructions.value.trim(),
    ...(kind ? { kind } : {}),
    ...(minutes.value ? { minutes: length } : {}),
  };
  const job = await sendForCase<Job>(form, "/api/jobs", draft, { "Idempotency-Key": key }, "kind");
  if (!job) return;
  key = crypto.randomUUID();
  form.reset();
  byId<HTMLDetailsElement>("open-job").open = false;
  document.getElementById(`job-${job.job_id}`)?.querySelector("summary")?.focus();
}

function jobEntry(job: CaseJob): HTMLElement {
  const name = `${KINDS[job.kind]}: ${job.title}`;
  const planned = job.planned_day ? `${dayText(job.planned_day)}, ${crewName(job.crew)}` : "";
  return element(
    "li",
    { id: `job-${job.job_id}` },
    element("div", { class: "desk-tags" }, jobTag(job.state), element("span", { class: "app-muted" }, planned)),
    job.in_remit ? detailsOf(job, name) : element("p", {}, `${name}. Another team or ward has this job.`),
  );
}

function detailsOf(job: CaseJob, name: string): HTMLElement {
  const body = element("div", { class: "desk-job" });
  const details = element("details", { class: "app-details" }, element("summary", {}, name), body);
  details.addEventListener("toggle", () => {
    if (details.open && !body.hasChildNodes()) void loadJob(job.job_id, body);
  });
  return details;
}

const crewName = (code: string | null) =>
  casePage.crews.find(({ crew }) => crew === code)?.name ?? code ?? "no crew yet";

async function loadJob(jobId: string, body: HTMLElement): Promise<void> {
  body.replaceChildren(element("p", {}, "Loading…"));
  const found = await call<FullJob>("GET", `/api/jobs/${jobId}`);
  if (found.kind === "stored") drawJob(found.value, body);
  else body.replaceChildren(element("p", { role: "alert" }, faultOf(found)));
}

function drawJob(job: FullJob, body: HTMLElement): void {
  const said = job.events.map((jobEvent) => element("div", {}, `${moment(jobEvent.at)}: ${itemText(jobEvent)}`));
  const day = job.planned_day;
  const plan = element(
    "a",
    { href: `/desk/days/${day ? `?${new URLSearchParams({ date: day })}` : ""}` },
    day ? "See the day" : "Plan a day",
  );
  body.replaceChildren(
    element(
      "dl",
      { class: "app-facts desk-facts" },
      ...factRows([
        ["Minutes", [String(job.minutes)]],
        ["Instructions", [job.instructions]],
        ["Hazards", [job.hazards.join(", ")]],
        ["Materials", [job.materials.join(", ")]],
        ["Cancelled because", [job.cancelled_because]],
        ["Updates from site", said],
      ]),
    ),
    element("p", {}, plan),
    contractorPart(job, body),
  );
}

function contractorPart(job: FullJob, body: HTMLElement): HTMLElement {
  const told = element("p", { class: "app-told", role: "status" });
  if (job.contractor) {
    const words = element(
      "p",
      {},
      `${job.contractor.name} has a link to this job until ${moment(job.contractor.expires_at)}.`,
    );
    const part = element("div", {}, words);
    const drop = actionButton("Revoke link", () => void revokeLink(job, body, part, told));
    part.append(drop, told);
    return part;
  }
  const name = textField(`company-${job.job_id}`, "Company", "");
  const days = textField(`days-${job.job_id}`, "Days until the link expires", USUAL_DAYS);
  const make = element(
    "button",
    { class: "govuk-button govuk-button--secondary", type: "submit" },
    "Create a link for a contractor",
  );
  const linkForm = element("form", { novalidate: "" }, name, days, make, told);
  linkForm.addEventListener("submit", (event) => {
    event.preventDefault();
    void makeLink(job, linkForm, body);
  });
  return linkForm;
}

function textField(id: string, label: string, value: string): HTMLElement {
  const input = element("input", { class: "govuk-input", id, type: "text", autocomplete: "off", value });
  return element(
    "div",
    { class: "govuk-form-group" },
    element("label", { class: "govuk-label", for: id }, label),
    input,
  );
}

async function makeLink(job: FullJob, linkForm: HTMLElement, body: HTMLElement): Promise<void> {
  clearErrors(linkForm);
  const name = byId<HTMLInputElement>(`company-${job.job_id}`).value.trim();
  const days = Number(byId<HTMLInputElement>(`days-${job.job_id}`).value);
  if (!name) return showErrors(linkForm, [{ field: `company-${job.job_id}`, message: "Enter the company's name" }]);
  if (!Number.isInteger(days) || days < 1 || days > 30)
    return showErrors(linkForm, [{ field: `days-${job.job_id}`, message: "Give 1 to 30 days" }]);
  const outcome = await whileBusy(linkForm, () => call<Link>("POST", `/api/jobs/${job.job_id}/links`, { name, days }));
  if (outcome.kind !== "stored")
    return showRefusedFields(
      linkForm,
      errorsOf(outcome).map(({ message }) => ({ field: `company-${job.job_id}`, message })),
    );
  const shown = element("input", {
    class: "govuk-input",
    id: `link-${job.job_id}`,
    type: "text",
    readonly: "",
    value: outcome.value.url,
  });
  const label = element(
    "label",
    { class: "govuk-label", for: shown.id },
    `Link for ${name}, expires ${moment(outcome.value.expires_at)}`,
  );
  const hint = element(
    "p",
    { class: "govuk-hint", id: `${shown.id}-hint` },
    "We show this link only once. Copy it and send it to the contractor. Anyone who has the link can see the job and record work on it.",
  );
  shown.setAttribute("aria-describedby", hint.id);
  body.replaceChildren(element("div", { class: "govuk-form-group" }, label, hint, shown));
  focusOn(shown);
  shown.select();
}

async function revokeLink(job: FullJob, body: HTMLElement, part: HTMLElement, told: HTMLElement): Promise<void> {
  const outcome = await whileBusy(part, () => call<FullJob>("DELETE", `/api/jobs/${job.job_id}/links`));
  if (outcome.kind !== "stored") told.textContent = faultOf(outcome);
  else {
    drawJob(outcome.value, body);
    body.querySelector<HTMLElement>("input")?.focus();
  }
}
