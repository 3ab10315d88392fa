/** The step that shows open reports of the same kind near the place, to follow one instead of sending a duplicate. */
import { loadCouncil } from "../../shared/council.ts";
import { dayElement } from "../../shared/dates.ts";
import { deviceKey } from "../../shared/device.ts";
import { actionButton, byId, element } from "../../shared/dom.ts";
import { rememberFollow } from "../../shared/follows.ts";
import { clearErrors, showErrors } from "../../shared/form-errors.ts";
import { postAsSignedIn } from "../../shared/post.ts";
import { stateTag } from "../../shared/states.ts";
import { currentService } from "./current-service.ts";
import { about, changeDraft, finishDraft } from "./draft.ts";
import { stepAfter } from "./flow.ts";
import { type Nearby, RADIUS_M, search } from "./nearby-search.ts";
import { rememberFollowed } from "./sent-reports.ts";
import { goInstead, goTo, sectionOf } from "./steps.ts";

const MOST_WORDS = 160;

const section = sectionOf("nearby");
const status = byId("nearby-status");

export function start(onward: () => Promise<void>): void {
  section.querySelector("form")!.addEventListener("submit", () => {
    changeDraft({ nearby_for: about() });
    void onward();
  });
}

export async function enter(): Promise<void> {
  clearErrors(section);
  const items = await search();
  if (items.length === 0) {
    changeDraft({ nearby_for: about() });
    return goInstead(await stepAfter("nearby"));
  }
  const council = await loadCouncil().catch(() => null);
  const name = (await currentService())?.service_name ?? "This problem";
  byId("nearby-lead").textContent = leadText(name, items.length);
  byId("nearby-list").replaceChildren(...items.map((item) => entry(item, name, council?.time_zone)));
}

function leadText(name: string, count: number): string {
  const reports = count === 1 ? "there is 1 open report" : `there are ${count} open reports`;
  return `${name}: ${reports} less than ${RADIUS_M} metres from your location. If it's the same problem, follow that report instead.`;
}

function entry(item: Nearby, serviceName: string, timeZone?: string): HTMLElement {
  const title = item.title || serviceName;
  const link = element("a", { href: item.tracking_url, target: "_blank", rel: "noopener" }, title);
  const heading = element("h2", {}, link, element("span", { class: "govuk-visually-hidden" }, " (opens in a new tab)"));
  const distance = element("strong", {}, `${Math.round(item.distance_m)} metres away`);
  const facts = element(
    "p",
    { class: "app-nearby__facts" },
    stateTag(item.state),
    distance,
    " reported on ",
    dayElement(item.requested_datetime, timeZone),
  );
  const follow = actionButton("Follow this instead", () => void send(item, follow));
  follow.append(
    element("span", { class: "govuk-visually-hidden" }, `: ${title}, ${Math.round(item.distance_m)} metres away`),
  );
  follow.id = `follow-${item.service_request_id}`;
  return element("li", {}, heading, facts, ...wordsOf(item), follow);
}

function wordsOf({ description = "", title }: Nearby): HTMLElement[] {
  if (!description || description === title) return [];
  const short = description.length > MOST_WORDS ? `${description.slice(0, MOST_WORDS).trimEnd()}…` : description;
  return [element("p", { class: "app-prose" }, short)];
}

async function send({ service_request_id }: Nearby, button: HTMLButtonElement): Promise<void> {
  clearErrors(section);
  button.disabled = true;
  status.textContent = "One moment…";
  const path = `/api/reports/${service_request_id}/follow`;
  const outcome = await postAsSignedIn<{ service_request_id: string; followers: number }>(path, {}, deviceKey());
  button.disabled = false;
  status.textContent = "";
  if (outcome.kind === "stored") {
    rememberFollow(outcome.value.service_request_id, outcome.value.followers);
    rememberFollowed(outcome.value.service_request_id);
    finishDraft();
    goTo("followed");
  } else {
    const message =
      outcome.kind === "later"
        ? "You are not following the report yet. Check your connection and try again"
        : (outcome.problem.detail ?? outcome.problem.title);
    showErrors(section, [{ field: button.id, message }]);
  }
}
