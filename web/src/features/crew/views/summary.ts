/** The end of the day: a summary, notifications, and signing out. */
import { actionButton, element } from "../../../shared/dom.ts";
import { signOut } from "../../../shared/session.ts";
import { CHANNEL, type JobState } from "../model.ts";
import { backLink, dayWords, factList, heading, type Part, placeOf, timeText } from "../parts.ts";
import { type JobView, listedDay, jobsToDo, clearChoice, reload, state } from "../state.ts";
import { deleteLists } from "../cleanup.ts";
import { jobsText, minutesText } from "../words.ts";

let signOutMessage = "";
let notificationMessage = "";

export function renderSummary(): Part[] {
  const { choice, storedDay } = state;
  if (!choice || !storedDay)
    return [backLink("#"), ...heading("End of the day"), element("p", {}, "There is no list on this phone.")];
  const count = (which: JobState) => state.jobs.filter((shown) => shown.state === which && shown.gone === null).length;
  const left = jobsToDo();
  const disputes = state.jobs.filter(({ dispute }) => dispute).length;
  return [
    backLink("#"),
    ...heading("End of the day", dayWords(listedDay(choice))),
    waitingWords(),
    factList([
      ["Done", jobsText(count("done"))],
      ["Could not be done", jobsText(count("could_not"))],
      ["Handed over", jobsText(count("handed_over"))],
      ["Started and not finished", jobsText(count("started"))],
      ["Not started", jobsText(left.length - count("started"))],
      ["Disputed", disputes ? jobsText(disputes) : null],
      [
        "Time worked",
        minutesText(
          state.jobs.filter((shown) => shown.state === "done").reduce((sum, { job }) => sum + job.minutes, 0),
        ),
      ],
      ["First and last record", recordTimes()],
    ]),
    ...(left.length
      ? [element("h2", {}, "Still open"), element("ul", { class: "crew-list" }, ...left.map(entry))]
      : []),
    element("h2", {}, "Notifications"),
    notificationOffer(),
    element("h2", {}, "Sign out"),
    element(
      "p",
      {},
      "Signing out deletes the lists from this phone. Unsent records and drafts stay on the phone until you sign in again.",
    ),
    element("p", { role: "status", class: "app-told" }, signOutMessage),
    signOutButton(),
  ];
}

/** Offers notifications, if the browser supports them. */
function notificationOffer(): HTMLElement {
  if (!("Notification" in window) || !("PushManager" in window))
    return element("p", {}, "This browser cannot show notifications. The list updates every minute while it is open.");
  if (notificationMessage) return element("p", { role: "status" }, notificationMessage);
  if (Notification.permission === "granted")
    return element("p", {}, "You'll get a notification on this phone when the office changes the list.");
  const made = actionButton("Turn on notifications", () => void turnOnNotifications());
  made.id = "wake";
  return element(
    "div",
    {},
    element(
      "p",
      {},
      "The list updates every minute while it is open. You can also get notifications when it is closed.",
    ),
    made,
  );
}

async function turnOnNotifications(): Promise<void> {
  const { enableNotifications } = await import("../push.ts");
  notificationMessage = (await enableNotifications().catch(() => false))
    ? "You'll get a notification on this phone when the office changes the list."
    : "We could not turn on notifications. The list updates every minute while it is open.";
  await reload();
}

function signOutButton(): HTMLElement {
  const made = actionButton("Sign out", () => void leaveApp());
  made.id = "sign-out";
  return made;
}

function waitingWords(): HTMLElement {
  const count = state.items.length;
  if (!count) return element("p", { class: "app-card", role: "status" }, "We have received all your records.");
  return element(
    "p",
    { class: "app-notice", role: "status" },
    `${count === 1 ? "1 record is" : `${count} records are`} still on this phone. `,
    element("a", { href: "#waiting" }, "See what is waiting"),
  );
}

/** The times of the first and the last record of the day. */
function recordTimes(): string | null {
  const at = state.jobs.flatMap(({ job, waiting }) =>
    [...job.events.filter(({ by }) => by === "crew"), ...waiting].map(({ at }) => Date.parse(at)),
  );
  if (!at.length) return null;
  return `${timeText(new Date(Math.min(...at)).toISOString())} to ${timeText(new Date(Math.max(...at)).toISOString())}`;
}

const entry = ({ job, number }: JobView) =>
  element(
    "li",
    { class: "crew-job" },
    element("a", { href: `#job/${job.job_id}` }, `${number}. ${job.title}`),
    element("p", {}, placeOf(job)),
  );

async function leaveApp(): Promise<void> {
  const outcome = await signOut();
  if (outcome.kind !== "stored") {
    signOutMessage = "You are still signed in. Try again when you have a signal.";
    return reload();
  }
  clearChoice();
  await deleteLists();
  new BroadcastChannel(CHANNEL).postMessage("left");
}
