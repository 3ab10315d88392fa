/** The step that shows open reports of the same kind near the place, to follow one instead of sending a duplicate. */
import { loadCouncil } from "../../shared/council.ts";
import { dayElement } from "../../shared/dates.ts";
import { actionButton, byId, element, show, screenReaderText } from "../../shared/dom.ts";
import { isFollowed } from "../../shared/follows.ts";
import { clearErrors, showErrors } from "../../shared/form-errors.ts";
import { promiseTags } from "../../shared/promise.ts";
import { stateTag } from "../../shared/states.ts";
import { currentService } from "./current-service.ts";
import { draftSubject, changeDraft, finishDraft } from "./draft.ts";
import { stepAfter } from "./flow.ts";
import { type Nearby, RADIUS_M, findNearby, MOST } from "./nearby-search.ts";
import { rememberFollowed } from "./sent-reports.ts";
import { replaceStep, goTo, sectionOf } from "./steps.ts";
import { say, sayMany, sayParts } from "../../shared/say.ts";

const MOST_WORDS = 160;
/** From so many reports on, the way onward is also above them. */
const LONG_LIST = 3;
const NOT_YET = say("You are not following the report yet. Check your connection and try again");

const section = sectionOf("nearby");
const status = byId("nearby-status");

export function start(onward: () => Promise<void>): void {
  section.querySelector("form")!.addEventListener("submit", () => {
    changeDraft({ nearby_for: draftSubject() });
    void onward();
  });
}

export async function enter(): Promise<void> {
  clearErrors(section);
  const items = await findNearby();
  if (items.length === 0) {
    changeDraft({ nearby_for: draftSubject() });
    return replaceStep(await stepAfter("nearby"));
  }
  const council = await loadCouncil().catch(() => null);
  const name = (await currentService())?.service_name ?? say("This problem");
  byId("nearby-lead").textContent = leadText(name, items.length);
  show(byId("nearby-onward"), items.length >= LONG_LIST);
  byId("nearby-list").replaceChildren(...items.map((item) => nearbyEntry(item, name, council?.time_zone)));
}

/** The list is cut, so a full one may not be all. */
function leadText(name: string, count: number): string {
  if (count >= MOST)
    return say(
      "{name}: there are at least {count} open reports less than {metres} metres from your location. If it's the same problem, follow that report instead.",
      { name, count, metres: RADIUS_M },
    );
  return sayMany(
    count,
    "{name}: there is 1 open report less than {metres} metres from your location. If it's the same problem, follow that report instead.",
    "{name}: there are {count} open reports less than {metres} metres from your location. If it's the same problem, follow that report instead.",
    { name, metres: RADIUS_M },
  );
}

function nearbyEntry(item: Nearby, serviceName: string, timeZone?: string): HTMLElement {
  const title = item.title || serviceName;
  const link = element("a", { href: `/reports/${item.service_request_id}`, target: "_blank", rel: "noopener" }, title);
  const heading = element("h2", {}, link, screenReaderText(` ${say("(opens in a new tab)")}`));
  const away = say("{metres} metres away", { metres: Math.round(item.distance_m) });
  const facts = element(
    "p",
    { class: "app-nearby__facts" },
    stateTag(item.state),
    ...promiseTags(item, timeZone),
    ...sayParts("{distance} reported on {day}", {
      distance: element("strong", {}, away),
      day: dayElement(item.requested_datetime, timeZone),
    }),
  );
  const host = element("div", { "data-follow": "" });
  const follow = actionButton(say("Follow this instead"), () => void openFollow(item, follow, host));
  follow.append(screenReaderText(`: ${title}, ${away}`));
  follow.id = `follow-${item.service_request_id}`;
  return element("li", {}, heading, facts, ...descriptionOf(item), follow, host);
}

function descriptionOf({ description = "", title }: Nearby): HTMLElement[] {
  if (!description || description === title) return [];
  const short = description.length > MOST_WORDS ? `${description.slice(0, MOST_WORDS).trimEnd()}…` : description;
  return [element("p", { class: "app-prose", dir: "auto" }, short)];
}

/** Ends the report: `words` says what the follower has to do or can expect. */
function finish(id: string, words: string, is_to_confirm = false): void {
  rememberFollowed({ id, words, is_to_confirm });
  finishDraft();
  goTo("followed");
}

async function openFollow(
  { service_request_id: id }: Nearby,
  button: HTMLButtonElement,
  host: HTMLElement,
): Promise<void> {
  clearErrors(section);
  if (isFollowed(id)) return finish(id, say("You already follow it in this browser."));
  button.disabled = true;
  status.textContent = say("One moment…");
  const shared = await import("../../shared/follow-control.ts").catch(() => null);
  button.disabled = false;
  status.textContent = "";
  if (!shared) return showErrors(section, [{ field: button.id, message: NOT_YET }]);
  closeOthers(button);
  await shared.openFollowControl(host, id, (followed, words) =>
    finish(followed.service_request_id, words, shared.isToConfirm(followed)),
  );
}

/** Shows the buttons again and removes the control of another report, because there is one at a time. */
function closeOthers(opened: HTMLButtonElement): void {
  for (const each of byId("nearby-list").querySelectorAll<HTMLElement>("[data-follow]")) each.replaceChildren();
  for (const each of byId("nearby-list").querySelectorAll("button")) show(each, each !== opened);
}
