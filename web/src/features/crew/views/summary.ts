/** The day, looked back at, and leaving this phone. */
import { actionButton, element } from "../../../shared/dom.ts";
import { signOut } from "../../../shared/session.ts";
import { CHANNEL, type JobState } from "../model.ts";
import { back, dayWords, facts, heading, type Part, placeOf, timeText } from "../parts.ts";
import { type Shown, dayOf, leftToDo, letGo, reload, state } from "../state.ts";
import { forgetLists } from "../tidying.ts";
import { jobsText, minutesText } from "../words.ts";

let told = "";
let woken = "";

export function summary(): Part[] {
  const { choice, kept } = state;
  if (!choice || !kept) return [back("#"), ...heading("End of the day"), element("p", {}, "There is no list on this phone.")];
  const count = (which: JobState) => state.shown.filter((shown) => shown.state === which && shown.gone === null).length;
  const left = leftToDo();
  const disputes = state.shown.filter(({ dispute }) => dispute).length;
  return [
    back("#"),
    ...heading("End of the day", dayWords(dayOf(choice))),
    waitingWords(),
    facts([
      ["Done", jobsText(count("done"))],
      ["Could not be done", jobsText(count("could_not"))],
      ["Handed over", jobsText(count("handed_over"))],
      ["Started and not finished", jobsText(count("started"))],
      ["Not begun", jobsText(left.length - count("started"))],
      ["Two versions", disputes ? jobsText(disputes) : null],
      ["Work done", minutesText(state.shown.filter((shown) => shown.state === "done").reduce((sum, { job }) => sum + job.minutes, 0))],
      ["From and to", span()],
    ]),
    ...(left.length ? [element("h2", {}, "Still open"), element("ul", { class: "crew-list" }, ...left.map(entry))] : []),
    element("h2", {}, "When the list changes"),
    waking(),
    element("h2", {}, "Leaving this phone"),
    element("p", {}, "Signing out takes the lists off this phone. What still waits to be sent, and what you have begun to write, stays on it until you sign in again."),
    element("p", { role: "status", class: "app-told" }, told),
    button(),
  ];
}

/** Where the browser can be woken, somebody may want it. */
function waking(): HTMLElement {
  if (!("Notification" in window) || !("PushManager" in window)) return element("p", {}, "This browser cannot be told: the list is read anew each minute while it is open.");
  if (woken) return element("p", { role: "status" }, woken);
  if (Notification.permission === "granted") return element("p", {}, "This phone is told when the office changes the list.");
  const made = actionButton("Tell this phone", () => void wake());
  made.id = "wake";
  return element("div", {}, element("p", {}, "The list is read anew each minute while it is open. This phone can be told as well when it is closed."), made);
}

async function wake(): Promise<void> {
  const { wakeMe } = await import("../push.ts");
  woken = (await wakeMe().catch(() => false)) ? "This phone is told when the office changes the list." : "This phone cannot be told. The list is read anew each minute while it is open.";
  await reload();
}

function button(): HTMLElement {
  const made = actionButton("Sign out", () => void leave());
  made.id = "sign-out";
  return made;
}

function waitingWords(): HTMLElement {
  const count = state.items.length;
  if (!count) return element("p", { class: "app-card", role: "status" }, "Everything that you said has arrived.");
  return element("p", { class: "app-notice", role: "status" }, `${count === 1 ? "1 thing is" : `${count} things are`} still on this phone. `, element("a", { href: "#waiting" }, "Look at what waits"));
}

/** The first and the last thing that was said today. */
function span(): string | null {
  const at = state.shown.flatMap(({ job, waiting }) => [...job.deeds.filter(({ by }) => by === "crew"), ...waiting].map(({ at }) => Date.parse(at)));
  if (!at.length) return null;
  return `${timeText(new Date(Math.min(...at)).toISOString())} to ${timeText(new Date(Math.max(...at)).toISOString())}`;
}

const entry = ({ job, number }: Shown) => element("li", { class: "crew-job" }, element("a", { href: `#job/${job.job_id}` }, `${number}. ${job.title}`), element("p", {}, placeOf(job)));

async function leave(): Promise<void> {
  const outcome = await signOut();
  if (outcome.kind !== "stored") {
    told = "You are still signed in: try again when you have a signal.";
    return reload();
  }
  letGo();
  await forgetLists();
  new BroadcastChannel(CHANNEL).postMessage("left");
}
