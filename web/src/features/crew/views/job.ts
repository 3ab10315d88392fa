/** One job: hazards first, then where and what, then the actions. */
import { dayText } from "../../../shared/dates.ts";
import { element } from "../../../shared/dom.ts";
import { placeText } from "../../../shared/places/place-text.ts";
import { ENDED_STATES, type JobEvent, type Item } from "../model.ts";
import { jobsNear } from "../nearby.ts";
import {
  backLink,
  buttonLink,
  factList,
  heading,
  moment,
  type Part,
  photosBefore,
  storedPhotos,
  photosOfEvent,
  placeOf,
  tagLine,
  listTags,
  whenText,
} from "../parts.ts";
import { type JobView, findJobView, jobsToDo, state } from "../state.ts";
import { EVENT_LABELS, KINDS, minutesText, REASONS, itemText } from "../words.ts";

const SAVED = "Saved on this phone. We'll send it as soon as there is a signal. You can continue.";
const SENT = "Sent to the office.";

export function renderJob(jobId: string): Part[] {
  const shown = findJobView(jobId);
  if (!shown)
    return [
      backLink("#"),
      ...heading("This job is not on your list"),
      element("p", {}, "It may be on another list, or this phone has not loaded it yet."),
    ];
  const { job: of, number } = shown;
  const caption = number ? `Job ${number}` : "No longer on your list";
  return [
    backLink("#"),
    ...heading(of.title, caption),
    tagLine(shown),
    ...hazards(shown),
    ...warnings(shown),
    placeLine(shown),
    ...actions(shown),
    ...jobDetails(shown),
    ...recordedEvents(shown),
  ];
}

function hazards({ job: { hazards: all } }: JobView): HTMLElement[] {
  if (!all.length) return [];
  return [
    element(
      "section",
      { class: "crew-hazards", "aria-labelledby": "hazards" },
      element("h2", { id: "hazards" }, "Hazards"),
      element("ul", { class: "app-bullets" }, ...all.map((each) => element("li", {}, each))),
    ),
  ];
}

function warnings({ job: of, dispute, gone, waiting }: JobView): HTMLElement[] {
  const isRefused = waiting.some(({ attention }) => attention !== null);
  const isCancelled = of.state === "cancelled";
  const off = isCancelled ? "The office has cancelled this job. " : "This job is no longer on your list. ";
  return [
    ...(gone !== null || isCancelled
      ? [
          warning(
            element("strong", {}, off),
            of.cancelled_because ?? gone ?? "",
            " If you did it anyway, record it. We keep what you record.",
          ),
        ]
      : []),
    ...(dispute
      ? [
          warning(
            "You and somebody else recorded different things about this job. ",
            element("a", { href: `#conflict/${of.job_id}` }, "See both records"),
          ),
        ]
      : []),
    ...(isRefused
      ? [
          warning(
            "Something you recorded for this job was not accepted. ",
            element("a", { href: "#waiting" }, "See why"),
          ),
        ]
      : []),
  ];
}

function warning(...content: (Node | string)[]): HTMLElement {
  return element("div", { class: "app-notice", role: "status" }, element("p", {}, ...content));
}

function placeLine({ job: of }: JobView): HTMLElement {
  const when = whenText(of);
  return element(
    "p",
    { class: "crew-where" },
    element("strong", {}, placeOf(of)),
    ...(when ? [element("br"), when] : []),
  );
}

function actions(shown: JobView): HTMLElement[] {
  const { job: of, state: stands } = shown;
  const go = (kind: string) => `#job/${of.job_id}/${kind}`;
  const hasEnded = ENDED_STATES.includes(stands);
  const begin = element(
    "button",
    {
      class: "govuk-button govuk-button--secondary",
      type: "button",
      "data-say": "start",
      "data-job": of.job_id,
      id: "say-start",
    },
    "Start",
  );
  const first = hasEnded
    ? []
    : [
        ...(stands === "started" ? [] : [begin]),
        buttonLink("Done", go("done")),
        buttonLink("Could not do it", go("could_not"), "secondary"),
        buttonLink("Hand over", go("hand_over"), "secondary"),
      ];
  const more = [buttonLink("Add a note", go("note"), "secondary"), buttonLink("Add a photo", go("photo"), "secondary")];
  if (!hasEnded || stands === "could_not") more.push(buttonLink("Give a new date", go("new_date"), "secondary"));
  const other = hasEnded
    ? [
        element(
          "details",
          { class: "app-details" },
          element("summary", {}, "Correct this"),
          element(
            "div",
            { class: "app-buttons" },
            ...(stands === "done" ? [] : [buttonLink("It is done", go("done"), "secondary")]),
            ...(stands === "could_not" ? [] : [buttonLink("We could not do it", go("could_not"), "secondary")]),
          ),
        ),
      ]
    : [];
  return [element("div", { class: "app-buttons crew-actions" }, ...first, ...more), ...other];
}

function jobDetails({ job: of }: JobView): HTMLElement[] {
  const place = element(
    "span",
    {},
    placeOf(of),
    ...(of.address ? [element("br"), element("span", { class: "app-muted" }, placeText(of))] : []),
    element("br"),
    element("a", { href: `geo:${of.lat},${of.long}?q=${of.lat},${of.long}` }, "Open in a map app"),
  );
  const list = (words: string[]) => words.join(", ") || null;
  return [
    element("h2", {}, "Work to do"),
    ...(of.instructions ? [element("p", { class: "app-prose", dir: "auto" }, of.instructions)] : []),
    factList([
      ["Where", place],
      ["When", whenText(of) || null],
      ["Time needed", minutesText(of.minutes)],
      ["Due", of.due ? moment(of.due) : null],
      ["Kind of work", `${KINDS[of.kind]}: ${of.service_name}`],
      ["Take with you", list(of.materials)],
      ["Skills", list(of.skills)],
      ["Reports", list(of.service_request_ids)],
    ]),
    ...(of.description
      ? [element("h2", {}, "What was reported"), element("p", { class: "app-prose", dir: "auto" }, of.description)]
      : []),
    ...(of.photos_before.length ? [element("h2", {}, "Photos before the work"), photosBefore(of.photos_before)] : []),
  ];
}

function recordedEvents({ job: of, waiting }: JobView): HTMLElement[] {
  if (!of.events.length && !waiting.length) return [];
  const sent = new Set(of.events.map(({ op_id }) => op_id));
  const unsent = waiting.filter(({ op_id }) => !sent.has(op_id));
  return [
    element("h2", {}, "What was recorded"),
    element("ol", { class: "app-timeline" }, ...of.events.map(eventEntry), ...unsent.map(itemEntry)),
  ];
}

function eventEntry(jobEvent: JobEvent): HTMLElement {
  const who = { crew: "Crew", contractor: "Contractor", office: "Office" }[jobEvent.by];
  const day = jobEvent.day ? `${dayText(jobEvent.day)}.` : "";
  const words = [jobEvent.reason ? `${REASONS[jobEvent.reason]}.` : "", day, jobEvent.text].filter(Boolean).join(" ");
  return element(
    "li",
    {},
    element("strong", {}, EVENT_LABELS[jobEvent.kind]),
    element("p", { class: "app-timeline__when" }, `${who}, ${moment(jobEvent.at)}`),
    ...(words ? [element("p", { class: "app-prose", dir: "auto" }, words)] : []),
    ...photosOfEvent(jobEvent.photos),
  );
}

function itemEntry(item: Item): HTMLElement {
  const words = item.attention === null ? "Not sent yet" : "Not accepted";
  return element(
    "li",
    {},
    element("strong", {}, itemText(item)),
    element("p", { class: "app-timeline__when" }, `${words}, ${moment(item.at)}`),
    ...(item.photos.length ? [storedPhotos(item.photos.map(({ id }) => id))] : []),
  );
}

/** The confirmation for a job of a past day, for example after midnight. */
function savedMessage(jobId: string): Part[] {
  const unsent = state.items.some(({ job_id, attention }) => job_id === jobId && attention === null);
  return [
    backLink("#", "Back to the list"),
    ...heading("Saved"),
    element("p", { role: "status" }, unsent ? SAVED : SENT),
  ];
}

/** The confirmation after an operation: other jobs nearby, then the next in the order. */
export function renderSaved(jobId: string): Part[] {
  const shown = findJobView(jobId);
  if (!shown) return savedMessage(jobId);
  const others = jobsToDo().filter((each) => each.job.job_id !== jobId);
  const close = jobsNear(
    shown.job,
    others.map((each) => ({ ...each.job, shown: each })),
  );
  const next = others[0];
  const unsent = shown.waiting.some(({ attention }) => attention === null);
  return [
    backLink("#", "Back to the list"),
    ...heading(shown.dispute ? "Saved, but there is a dispute" : "Saved", shown.job.title),
    tagLine(shown),
    element("p", { role: "status" }, unsent ? SAVED : SENT),
    ...(shown.dispute ? [element("p", {}, element("a", { href: `#conflict/${jobId}` }, "See both records"))] : []),
    ...(close.length
      ? [
          element("h2", {}, `${close.length} more within 150 m`),
          element(
            "ul",
            { class: "crew-list crew-list--near" },
            ...close.map(({ job: near, distance_m }) =>
              element(
                "li",
                { class: "crew-job" },
                element("h3", {}, element("a", { href: `#job/${near.job_id}` }, near.title)),
                element("p", {}, `${distance_m} m from here · ${placeOf(near)}`),
                ...listTags(near.shown),
              ),
            ),
          ),
        ]
      : []),
    ...(next
      ? [
          element("h2", {}, "Next job"),
          element("p", {}, `${next.number}. ${next.job.title}, ${placeOf(next.job)}`),
          element("div", { class: "app-buttons" }, buttonLink("Go to the next job", `#job/${next.job.job_id}`)),
        ]
      : [
          element(
            "p",
            {},
            "There are no more jobs on this list. ",
            element("a", { href: "#summary" }, "End of the day"),
          ),
        ]),
  ];
}
