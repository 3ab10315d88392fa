/** The day's jobs, in order. */
import { actionButton, element, screenReaderText } from "../../../shared/dom.ts";
import { ENDED_STATES } from "../model.ts";
import { buttonLink, dayWords, heading, type Part, placeOf, listTags, whenText } from "../parts.ts";
import {
  type JobView,
  listedDay,
  findJobView,
  isFromOtherAccount,
  jobsToDo,
  itemsNeedingAttention,
  state,
} from "../state.ts";
import { confirmChanges } from "../sync.ts";
import { jobsText, minutesText } from "../words.ts";

export function renderList(): Part[] {
  const { choice, storedDay } = state;
  if (!choice) return [];
  const day = listedDay(choice);
  const top = [...heading(dayWords(day), storedDay?.document.name ?? choice.name)];
  if (!storedDay)
    return [
      ...top,
      emptyMessage(),
      ...unfinishedFromYesterday(),
      ...roundsLink(),
      element("p", {}, element("a", { href: "#choose" }, "Choose another crew or day")),
    ];
  const here = state.jobs.filter(({ gone }) => gone === null);
  const gone = state.jobs.filter((each) => each.gone !== null);
  return [
    ...top,
    ...notices(),
    ...unfinishedFromYesterday(),
    ...progress(here),
    ...(here.length
      ? [element("ol", { class: "crew-list" }, ...here.map((each) => jobEntry(each, here.find(isNext))))]
      : [element("p", {}, "There are no jobs on this list.")]),
    ...(gone.length
      ? [
          element("h2", {}, "No longer on your list"),
          element("ul", { class: "crew-list crew-list--gone" }, ...gone.map((each) => jobEntry(each))),
        ]
      : []),
    element(
      "nav",
      { class: "crew-foot", "aria-label": "More of this day" },
      ...roundsLink(),
      element("a", { href: "#summary" }, "End of the day"),
      element("a", { href: "#sheet" }, "Print sheet"),
      element("a", { href: "#choose" }, "Another crew or day"),
    ),
  ];
}

/** Crews of the team that collects have rounds. */
const roundsLink = () => (state.rounds.days?.length ? [element("a", { href: "#rounds" }, "Collection rounds")] : []);

const isNext = (shown: JobView) => !ENDED_STATES.includes(shown.state);

/** Unfinished jobs that were started the day before, unless today's list has them too. */
function unfinishedFromYesterday(): HTMLElement[] {
  const begun = state.yesterdaysJobs.filter(
    ({ job, state: stands, gone }) =>
      stands === "started" && gone === null && !state.jobs.some((each) => each.job.job_id === job.job_id),
  );
  return begun.length
    ? [
        element("h2", {}, "Started the day before"),
        element("ul", { class: "crew-list" }, ...begun.map((each) => jobEntry({ ...each, number: null }))),
      ]
    : [];
}

function emptyMessage(): HTMLElement {
  if (state.who === "signed-out") return element("p", {}, "Sign in to get this list.");
  if (state.isSyncing) return element("p", { role: "status" }, "Loading…");
  if (state.problem) return element("p", { role: "status" }, state.problem);
  return element(
    "p",
    {},
    state.isOffline
      ? "This list is not on this phone yet. We'll load it when there is a signal."
      : "There is no list for this day.",
  );
}

function progress(here: JobView[]): HTMLElement[] {
  if (!here.length) return [];
  const left = jobsToDo();
  const minutes = left.reduce((sum, { job }) => sum + job.minutes, 0);
  const words = left.length
    ? `${jobsText(left.length)} left of ${here.length}, about ${minutesText(minutes)} of work`
    : `All ${here.length} dealt with`;
  return [
    element("p", { class: "crew-progress" }, words),
    element("div", { class: "app-buttons" }, buttonLink("Map", "#map", "secondary")),
  ];
}

function notices(): HTMLElement[] {
  const disputed = state.jobs.filter(({ dispute }) => dispute);
  const attention = itemsNeedingAttention();
  const others = state.items.filter(isFromOtherAccount);
  return [
    ...(attention.length
      ? [
          notice(
            `${attention.length === 1 ? "1 record was" : `${attention.length} records were`} not accepted.`,
            element("a", { href: "#waiting" }, "See why"),
          ),
        ]
      : []),
    ...(others.length
      ? [
          notice(
            `${others.length === 1 ? "1 record by somebody else is" : `${others.length} records by somebody else are`} waiting on this phone.`,
            element("a", { href: "#waiting" }, "See what is waiting"),
          ),
        ]
      : []),
    ...(state.problem
      ? [
          element(
            "div",
            { class: "app-notice", role: "status" },
            element("p", {}, `We could not update this list: ${state.problem}`),
          ),
        ]
      : []),
    ...disputed.map(({ job }) =>
      notice(
        "You and somebody else recorded different things about a job.",
        element("a", { href: `#conflict/${job.job_id}` }, `See both records: ${job.title}`),
      ),
    ),
    ...changeNotice(),
  ];
}

const notice = (words: string, link: HTMLElement) =>
  element("div", { class: "app-notice" }, element("p", {}, words, " ", link));

function changeNotice(): HTMLElement[] {
  const told = state.storedDay?.changes ?? [];
  if (!told.length) return [];
  const lines = told.map(({ job_id, title, what, because }) => {
    const name = findJobView(job_id) ? element("a", { href: `#job/${job_id}` }, title) : title;
    return element("li", {}, what === "new" ? "New: " : "Removed: ", name, ...(because ? [`. ${because}`] : []));
  });
  const done = actionButton("I have seen this", () => void confirmChanges());
  done.id = "seen-changes";
  return [
    element(
      "div",
      { class: "app-notice", role: "status", id: "changes" },
      element("h2", {}, "The office has changed your list"),
      element("ul", { class: "app-bullets" }, ...lines),
      done,
    ),
  ];
}

function jobEntry(shown: JobView, next?: JobView): HTMLElement {
  const { job, number, gone } = shown;
  const isFirst = shown === next;
  const when = [whenText(job), minutesText(job.minutes)].filter(Boolean).join(" · ");
  const name = element(
    "a",
    { href: `#job/${job.job_id}`, id: `job-${job.job_id}` },
    ...(number ? [screenReaderText(`${number}. `)] : []),
    job.title,
  );
  const of = element("h2", {}, ...(isFirst ? [element("span", { class: "crew-next" }, "Next"), " "] : []), name);
  const ended = ENDED_STATES.includes(shown.state) || gone !== null;
  const item = element("li", {
    class: ["crew-job", ...(isFirst ? ["crew-job--next"] : []), ...(ended ? ["crew-job--ended"] : [])].join(" "),
  });
  if (number) item.append(element("span", { class: "crew-number", "aria-hidden": "true" }, String(number)));
  item.append(
    of,
    element("p", {}, placeOf(job)),
    ...(ended ? [] : [element("p", { class: "app-muted" }, when)]),
    ...(gone ? [element("p", {}, gone)] : []),
    ...listTags(shown),
  );
  return item;
}
