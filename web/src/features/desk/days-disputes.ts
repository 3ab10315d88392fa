/** Conflicting records of a job, for the office to settle. */
import { momentText } from "../../shared/dates.ts";
import { byId, element, focusOn, show, screenReaderText, whileBusy } from "../../shared/dom.ts";
import { showRefusedFields } from "../../shared/error-sentences.ts";
import { clearErrors } from "../../shared/form-errors.ts";
import { call, errorsOf } from "../../shared/session.ts";
import { photoList } from "../../shared/timeline.ts";
import type { Dispute, RecordedState } from "../crew/model.ts";
import { REASONS } from "../crew/words.ts";
import { fetchJobs, type DayJob, dayPage } from "./current-day.ts";
import { jobTag } from "./job-words.ts";
import { caseAddress } from "./words.ts";

type KeptRecord = "site" | "office";
type OnSettled = (said: string) => Promise<void>;

const WHO = { crew: "A crew", contractor: "A contractor", office: "The office" };

export async function drawDisputes(settled: OnSettled): Promise<void> {
  const jobs = await fetchJobs({ disputed: "true" });
  const open = jobs.flatMap((job) =>
    job.disputes.filter((each) => each.settled === null).map((each) => disputeSection(each, job, settled)),
  );
  show(byId("disputes"), open.length > 0);
  byId("dispute-list").replaceChildren(...open);
}

function disputeSection(dispute: Dispute, job: DayJob, settled: OnSettled): HTMLElement {
  const report = job.service_request_ids[0];
  const title = report ? element("a", { href: caseAddress(report) }, job.title) : job.title;
  const part = element(
    "section",
    { class: "desk-dispute" },
    element("h3", {}, title),
    element("p", { class: "app-muted" }, job.address ?? ""),
  );
  const said = job.events.find(({ op_id }) => op_id === dispute.op_id);
  const site = recordCard("Recorded second", dispute.site, [
    said?.reason ? REASONS[said.reason] : "",
    said?.text ?? "",
  ]);
  const photos = (said?.photos ?? []).filter((photo) => photo.url && photo.thumbnail_url);
  if (photos.length)
    site.append(
      photoList(
        photos.map(({ photo_id, url, thumbnail_url }) => ({ photo_id, url: url!, thumbnail_url: thumbnail_url! })),
        "the work",
      ),
    );
  const office = recordCard("Recorded first", dispute.office, [
    dispute.office.state === "cancelled" ? (job.cancelled_because ?? "") : "",
  ]);
  site.append(keepButton("site"));
  office.append(keepButton("office"));
  part.append(element("div", { class: "desk-sides" }, office, site));
  return part;

  function keepButton(keep: KeptRecord): HTMLElement {
    const side = dispute[keep];
    const button = element(
      "button",
      { class: "govuk-button", type: "button", id: `keep-${keep}-${dispute.dispute_id}` },
      "Keep this record",
      screenReaderText(`: ${WHO[side.by ?? "crew"]} of ${job.title}`),
    );
    button.addEventListener("click", () => void settle(keep));
    return button;
  }

  async function settle(keep: KeptRecord): Promise<void> {
    clearErrors(part);
    const outcome = await whileBusy(part, () =>
      call(
        "POST",
        `/api/jobs/${job.job_id}/disputes/${dispute.dispute_id}`,
        { keep },
        { "If-Match": `"${job.version}"` },
      ),
    );
    if (outcome.kind === "stored") return settled(`Dispute about ${job.title} settled.`);
    if (outcome.kind === "refused" && outcome.problem.status === 409) {
      await drawDisputes(settled);
      byId("day-status").textContent = `Somebody else has changed ${job.title}. Check it, then decide.`;
      return focusOn(byId("disputes-heading"));
    }
    showRefusedFields(
      part,
      errorsOf(outcome).map(({ message }) => ({ field: `keep-${keep}-${dispute.dispute_id}`, message })),
    );
  }
}

function recordCard(title: string, { state, at, by }: RecordedState, words: string[]): HTMLElement {
  return element(
    "div",
    { class: "app-card" },
    element("h4", {}, title),
    element("div", { class: "desk-tags" }, jobTag(state)),
    element("p", { class: "app-muted" }, `${WHO[by ?? "crew"]}, ${momentText(Date.parse(at), dayPage.zone)}`),
    ...words.filter(Boolean).map((text) => element("p", { class: "app-prose", dir: "auto" }, text)),
  );
}
