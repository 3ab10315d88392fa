/** One crew's day: how full it is, its jobs in an order that can be changed, and a sheet to print. */
import { momentText } from "../../shared/dates.ts";
import { actionButton, element, screenReaderText, whileBusy } from "../../shared/dom.ts";
import { faultOf } from "../../shared/fault.ts";
import { call, errorsOf } from "../../shared/session.ts";
import { KINDS, minutesText } from "../crew/words.ts";
import { type DayJob, dayPage, jobsOf, type CrewLoad, type CrewPlan } from "./current-day.ts";
import { jobTag } from "./job-words.ts";
import { caseAddress, countText, priorityTag } from "./words.ts";

/** Reads the day again, shows a message, and returns the focus to that button of that job. */
export type OnDone = (said: string, focus?: { job: string; act: string }) => Promise<void>;

export function crewSection(load: CrewLoad, done: OnDone): HTMLElement {
  const jobs = jobsOf(load.crew);
  const told = element("p", { class: "app-told", role: "alert" });
  const heading = element("h3", { id: `crew-${load.crew}`, tabindex: "-1" }, load.name);
  const section = element(
    "section",
    { class: "desk-day", "aria-labelledby": heading.id },
    heading,
    ...loadPart(load),
    told,
  );
  if (!jobs.length) section.append(element("p", { class: "app-muted" }, "No jobs planned."));
  else {
    const print = actionButton("Print sheet", () => printSection(section));
    print.append(screenReaderText(` of ${load.name}`));
    print.classList.add("desk-screen");
    section.append(
      element("ol", { class: "desk-order" }, ...jobs.map((job) => jobEntry(job, jobs, load, told, done))),
      print,
    );
  }
  return section;
}

function loadPart({ jobs, done, minutes_planned, minutes_shift, minutes_over, late, crew }: CrewLoad): HTMLElement[] {
  const bar = element("meter", {
    class: "desk-screen",
    min: "0",
    max: String(minutes_shift),
    high: String(minutes_shift - 1),
    value: String(Math.min(minutes_planned, minutes_shift)),
    "aria-label": "How full the shift is",
  });
  const driving = dayPage.driving.get(crew);
  const facts = [
    `${minutesText(minutes_planned)} of work in a shift of ${minutesText(minutes_shift)}`,
    driving === undefined ? "" : `${minutesText(driving)} of driving`,
    `${done} of ${countText(jobs, "job")} done`,
  ];
  const tags = [
    ...(minutes_over ? [`${minutesText(minutes_over)} over the shift`] : []),
    ...(late ? [`${late} late`] : []),
  ];
  return [
    bar,
    element("p", {}, facts.filter(Boolean).join(", ")),
    element(
      "div",
      { class: "desk-tags" },
      ...tags.map((text) => element("strong", { class: "govuk-tag desk-tag--late" }, text)),
    ),
  ];
}

function jobEntry(job: DayJob, jobs: DayJob[], load: CrewLoad, told: HTMLElement, done: OnDone): HTMLElement {
  const report = job.service_request_ids[0];
  const title = report ? element("a", { href: caseAddress(report) }, job.title) : job.title;
  const arrives = job.arrives_at
    ? momentText(Date.parse(job.arrives_at), dayPage.zone).split(" at ").at(-1)!.split(", ").at(-1)!
    : "";
  const facts = [
    arrives ? `about ${arrives}` : "",
    minutesText(job.minutes),
    KINDS[job.kind],
    job.window ? `between ${job.window.opens} and ${job.window.closes}` : "",
  ];
  const entry = element(
    "li",
    { "data-job": job.job_id },
    element(
      "div",
      { class: "desk-tags" },
      element("strong", {}, title),
      jobTag(job.state),
      ...priorityTag(job.priority),
    ),
    element("div", {}, job.address ?? ""),
    element("div", { class: "app-muted" }, facts.filter(Boolean).join(", ")),
    printedDetails(job),
  );
  if (job.state === "planned") entry.append(orderButtons(job, jobs, load, told, done));
  return entry;
}

/** Content that is only printed. */
function printedDetails({ hazards, materials, instructions, description }: DayJob): HTMLElement {
  const lines: [string, string][] = [
    ["Hazards", hazards.join(", ")],
    ["Take with you", materials.join(", ")],
    ["To do", instructions],
    ["Reported", description ?? ""],
  ];
  return element(
    "div",
    { class: "desk-paper" },
    ...lines
      .filter(([, text]) => text)
      .map(([name, text]) => element("p", {}, element("strong", {}, `${name}: `), text)),
    element("p", {}, "☐ Done  ☐ Could not be done  ☐ Handed over  Time and why: ______________________"),
  );
}

/** Buttons that move a planned job; a started job cannot be moved. */
function orderButtons(job: DayJob, jobs: DayJob[], load: CrewLoad, told: HTMLElement, done: OnDone): HTMLElement {
  const planned = jobs.filter(({ state }) => state === "planned").map(({ job_id }) => job_id);
  const at = planned.indexOf(job.job_id);
  const box = element("div", { class: "desk-order__actions desk-screen" });
  const button = (act: string, words: string, go: () => Promise<void>) => {
    const made = actionButton(words, () => void go());
    made.dataset.act = act;
    made.append(screenReaderText(`: ${job.title}${job.address ? `, ${job.address}` : ""}`));
    return made;
  };
  const up = button("up", "Up", () => order(swapItems(planned, at, at - 1), "up", `Now ${at} of ${planned.length}.`));
  const down = button("down", "Down", () =>
    order(swapItems(planned, at, at + 1), "down", `Now ${at + 2} of ${planned.length}.`),
  );
  up.hidden = at === 0;
  down.hidden = at === planned.length - 1;
  const others = dayPage.crews.filter(({ crew, team }) => team === job.team && crew !== load.crew);
  const off = button("off", "Remove from this day", () =>
    patch({ clear: ["crew", "planned_day"] }, `${job.title} is now waiting to be planned.`),
  );
  box.append(
    up,
    down,
    ...others.map(({ crew, name }) =>
      button("move", `To ${name}`, () =>
        patch({ crew, planned_day: dayPage.date }, `${job.title} is now with ${name}.`),
      ),
    ),
    off,
  );
  return box;

  async function order(job_ids: string[], act: string, said: string): Promise<void> {
    const outcome = await whileBusy(box.closest<HTMLElement>(".desk-days")!, () =>
      call<CrewPlan>("POST", `/api/days/${dayPage.date}/${load.crew}/order`, { job_ids }),
    );
    if (outcome.kind !== "stored") return fail(outcome);
    dayPage.driving.set(load.crew, outcome.value.minutes_driving);
    await done(`${job.title}: ${said}`, { job: job.job_id, act });
  }

  async function patch(changes: object, said: string): Promise<void> {
    const outcome = await whileBusy(box.closest<HTMLElement>(".desk-days")!, () =>
      call("PATCH", `/api/jobs/${job.job_id}`, changes, { "If-Match": `"${job.version}"` }),
    );
    if (outcome.kind === "refused" && outcome.problem.status === 409)
      return done(
        `Somebody else has changed ${job.title}. The page shows the day as it is now. Check it, then try again.`,
      );
    if (outcome.kind !== "stored") return fail(outcome);
    await done(said);
  }

  function fail(outcome: Parameters<typeof errorsOf>[0]): void {
    told.textContent = faultOf(outcome);
  }
}

function swapItems(ids: string[], one: number, other: number): string[] {
  const after = [...ids];
  [after[one], after[other]] = [after[other]!, after[one]!];
  return after;
}

/** Prints only this section. */
function printSection(section: HTMLElement): void {
  section.classList.add("desk-day--printed");
  window.print();
  section.classList.remove("desk-day--printed");
}
