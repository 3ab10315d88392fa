/** The two records of a disputed job, side by side, until the office decides. */
import { element } from "../../../shared/dom.ts";
import type { JobEvent, Dispute, Job, RecordedState } from "../model.ts";
import { backLink, factList, heading, moment, type Part, photosOfEvent, stateTag } from "../parts.ts";
import { findJobView } from "../state.ts";
import { REASONS, whoText } from "../words.ts";

export function renderConflict(jobId: string): Part[] {
  const shown = findJobView(jobId);
  if (!shown?.job.disputes.length)
    return [
      backLink("#"),
      ...heading("There is no dispute about this job"),
      element("p", {}, "The records are now the same."),
    ];
  const { job } = shown;
  return [
    backLink(`#job/${jobId}`, "Back to the job"),
    ...heading("Dispute about this job", job.title),
    ...job.disputes.flatMap((each) => bothRecords(each, job)),
  ];
}

function bothRecords(dispute: Dispute, job: Job): HTMLElement[] {
  const { settled, site, office } = dispute;
  const jobEvent = job.events.find(({ op_id }) => op_id === dispute.op_id);
  const verdict = settled
    ? `The office decided on ${moment(settled.at)} to keep ${settled.keep === "site" ? "the record from site" : "the first record"}.`
    : "We have kept both records. The first record counts until the office decides. You do not need to do anything. If it is urgent, call the office.";
  return [
    element("p", { role: "status", class: settled ? "app-card" : "app-notice" }, verdict),
    element(
      "div",
      { class: "crew-versions" },
      recordCard("From site", site, settled?.keep === "site", jobEvent, null),
      recordCard(
        office.by && office.by !== "office" ? `From ${whoText(office)}` : "From the office",
        office,
        settled?.keep === "office",
        undefined,
        office.state === "cancelled" ? job.cancelled_because : null,
      ),
    ),
  ];
}

function recordCard(
  title: string,
  side: RecordedState,
  holds: boolean,
  jobEvent: JobEvent | undefined,
  because: string | null,
): HTMLElement {
  const rows: [string, Part | null][] = [
    ["When", moment(side.at)],
    ["Why", because ?? (jobEvent?.reason ? REASONS[jobEvent.reason] : null)],
    ["Notes", jobEvent?.text || null],
  ];
  return element(
    "section",
    { class: "app-card" },
    element("h2", {}, title),
    element("p", {}, stateTag(side.state), ...(holds ? [" ", element("strong", {}, "This record counts")] : [])),
    factList(rows),
    ...(jobEvent ? photosOfEvent(jobEvent.photos) : []),
  );
}
