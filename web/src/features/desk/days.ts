/** The crews' days: how full they are, planning, the order of jobs, and disputes. */
import { choiceItems, checkedValues } from "../../shared/choices.ts";
import { loadCouncil } from "../../shared/council.ts";
import { isoDay } from "../../shared/dates.ts";
import { byId, element, focusOn, show, whileBusy } from "../../shared/dom.ts";
import { showRefusedFields } from "../../shared/error-sentences.ts";
import { clearErrors, showErrors } from "../../shared/form-errors.ts";
import { call, errorsOf } from "../../shared/session.ts";
import { showStatus, showFailure } from "../../shared/staff-page.ts";
import { crewSection, type OnDone } from "./days-crew.ts";
import { drawDisputes } from "./days-disputes.ts";
import { fetchJobs, dayPage, type UnplannedJob, type CrewLoad, type CrewPlan } from "./current-day.ts";
import { openDesk } from "./desk.ts";
import { fillSelect, loadCrews, loadTeams } from "./names.ts";
import { caseAddress, countText, weekdayText } from "./words.ts";

interface Plan {
  items: CrewPlan[];
  left_out: UnplannedJob[];
}

const form = byId<HTMLFormElement>("plan-form");
const crews = byId("crews");
const status = byId("day-status");

form.addEventListener("submit", (event) => {
  event.preventDefault();
  void planDay();
});
openDesk(open, load);

async function open(): Promise<boolean> {
  const asked = new URLSearchParams(location.search);
  const [council, known, teams] = await Promise.all([loadCouncil().catch(() => null), loadCrews(), loadTeams()]);
  dayPage.zone = council?.time_zone;
  dayPage.crews = known;
  dayPage.date = asked.get("date") || isoDay(new Date(), dayPage.zone ?? "Europe/London");
  dayPage.team = asked.get("team") ?? "";
  byId<HTMLInputElement>("date").value = dayPage.date;
  fillSelect(
    byId("team"),
    "All my teams",
    teams.filter(({ code }) => known.some(({ team }) => team === code)),
    dayPage.team,
  );
  byId("day-heading").textContent = weekdayText(dayPage.date);
  const offered = known.filter(({ team }) => !dayPage.team || team === dayPage.team);
  crews.replaceChildren(
    ...choiceItems(
      "checkbox",
      "crew",
      offered.map(({ crew, name }) => [crew, name]),
      offered.map(({ crew }) => crew),
    ),
  );
  show(form, offered.length > 0);
  if (!offered.length) status.textContent = "Your teams have no crews.";
  return load();
}

/** Reads the day and the disputes. */
async function load(): Promise<boolean> {
  const found = await call<{ items: CrewLoad[] }>(
    "GET",
    `/api/days?${new URLSearchParams({ date: dayPage.date, ...(dayPage.team ? { team: dayPage.team } : {}) })}`,
  );
  if (found.kind !== "stored") {
    showFailure(found);
    return false;
  }
  try {
    dayPage.loads = found.value.items;
    dayPage.jobs = await fetchJobs({ date: dayPage.date });
    drawDays();
    await drawDisputes(reloadAfterDispute);
  } catch (error) {
    showStatus((error as Error).message);
    return false;
  }
  return true;
}

function drawDays(): void {
  byId("days").replaceChildren(...dayPage.loads.map((each) => crewSection(each, reloadAndFocus)));
}

const reloadAndFocus: OnDone = async (text, focus) => {
  await load();
  status.textContent = text;
  const entry = focus && document.querySelector(`[data-job="${focus.job}"]`);
  const buttons = entry ? [...entry.querySelectorAll<HTMLButtonElement>("button:not([hidden])")] : [];
  focusOn(buttons.find(({ dataset }) => dataset.act === focus?.act) ?? buttons[0] ?? byId("day-heading"));
};

async function reloadAfterDispute(text: string): Promise<void> {
  await load();
  status.textContent = text;
  focusOn(byId(byId("disputes").hidden ? "day-heading" : "disputes-heading"));
}

async function planDay(): Promise<void> {
  clearErrors(form);
  const chosen = checkedValues(crews);
  if (!chosen.length) return showErrors(form, [{ field: "crew", message: "Choose a crew" }]);
  status.textContent = "Planning the day…";
  const draft = { date: dayPage.date, crews: chosen, ...(dayPage.team ? { team: dayPage.team } : {}) };
  const outcome = await whileBusy(form, () => call<Plan>("POST", "/api/days/plan", draft));
  status.textContent = "";
  if (outcome.kind !== "stored")
    return showRefusedFields(
      form,
      errorsOf(outcome).map(({ message }) => ({ field: "plan", message })),
    );
  const { items, left_out } = outcome.value;
  for (const { crew, minutes_driving } of items) dayPage.driving.set(crew, minutes_driving);
  await load();
  await drawLeftOut(left_out);
  const count = items.reduce((sum, { job_ids }) => sum + job_ids.length, 0);
  status.textContent = `${countText(count, "job")} planned${left_out.length ? `, ${left_out.length} could not be planned` : ""}.`;
  focusOn(byId("day-heading"));
}

async function drawLeftOut(left: UnplannedJob[]): Promise<void> {
  show(byId("left-out"), left.length > 0);
  byId("left-heading").textContent = `${countText(left.length, "job")} could not be planned`;
  const jobs = left.length ? await fetchJobs({ state: "to_plan" }).catch(() => []) : [];
  byId("left-list").replaceChildren(
    ...left.map(({ job_id, because }) => {
      const job = jobs.find((each) => each.job_id === job_id);
      const report = job?.service_request_ids[0];
      const title = job?.title ?? job_id;
      return element(
        "li",
        {},
        report ? element("a", { href: caseAddress(report) }, title) : title,
        job?.address ? `, ${job.address}` : "",
        element("div", { class: "desk-why" }, because),
      );
    }),
  );
}
