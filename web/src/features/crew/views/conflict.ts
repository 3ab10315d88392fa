/** Two versions of what became of a job, side by side until the office says which holds. */
import { element } from "../../../shared/dom.ts";
import type { Deed, Dispute, Job, Side } from "../model.ts";
import { back, facts, heading, moment, type Part, photosOfDeed, stateTag } from "../parts.ts";
import { findShown } from "../state.ts";
import { REASONS, whoText } from "../words.ts";

export function conflict(jobId: string): Part[] {
  const shown = findShown(jobId);
  if (!shown?.job.disputes.length) return [back("#"), ...heading("Nothing is in dispute here"), element("p", {}, "Both sides say the same by now.")];
  const { job } = shown;
  return [back(`#job/${jobId}`, "Back to the job"), ...heading("Two versions of this job", job.title), ...job.disputes.flatMap((each) => both(each, job))];
}

function both(dispute: Dispute, job: Job): HTMLElement[] {
  const { settled, street, office } = dispute;
  const deed = job.deeds.find(({ op_id }) => op_id === dispute.op_id);
  const verdict = settled ? `The office decided on ${moment(settled.at)}: ${settled.keeps === "street" ? "what the street says" : "what was said before"} holds.` : "Nothing is lost: both are kept. Until the office has decided, what was said first holds. You need do nothing. If it matters now, ring the office.";
  return [
    element("p", { role: "status", class: settled ? "app-card" : "app-notice" }, verdict),
    element("div", { class: "crew-versions" }, version("From the street", street, settled?.keeps === "street", deed, null), version(office.by && office.by !== "office" ? `From ${whoText(office)}` : "From the office", office, settled?.keeps === "office", undefined, office.state === "cancelled" ? job.cancelled_because : null)),
  ];
}

function version(title: string, side: Side, holds: boolean, deed: Deed | undefined, because: string | null): HTMLElement {
  const rows: [string, Part | null][] = [
    ["When", moment(side.at)],
    ["Why", because ?? (deed?.reason ? REASONS[deed.reason] : null)],
    ["In words", deed?.text || null],
  ];
  return element("section", { class: "app-card" }, element("h2", {}, title), element("p", {}, stateTag(side.state), ...(holds ? [" ", element("strong", {}, "This holds")] : [])), facts(rows), ...(deed ? photosOfDeed(deed.photos) : []));
}
