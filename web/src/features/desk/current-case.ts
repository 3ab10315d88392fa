/** The case that the page shows, with functions that all parts of the page share. */
import type { FieldError } from "../../shared/api.ts";
import { byId, element, focusOn, show, whileBusy } from "../../shared/dom.ts";
import { showRefusedFields } from "../../shared/error-sentences.ts";
import { clearErrors } from "../../shared/form-errors.ts";
import { groupReference } from "../../shared/reference.ts";
import { call, errorsOf } from "../../shared/session.ts";
import { showStatus } from "../../shared/staff-page.ts";
import { stateNames } from "../../shared/states.ts";
import type { Crew } from "../crew/model.ts";
import type { Case, CaseAct, ChangeResult, Template } from "./model.ts";
import { nameOf, type Names } from "./names.ts";
import { sendChange } from "./sending.ts";
import { offerUndo } from "./undo.ts";
import { PRIORITIES, targetText, ALL_VISIBILITIES } from "./words.ts";

interface CasePage {
  shown: Case;
  names: Names;
  templates: Template[];
  crews: Crew[];
  zone: string | undefined;
  /** Draws the case; typed text stays. */
  draw: () => void;
}

/** Empty until the page is open. */
export const casePage = {} as CasePage;

export const pathOf = (of: Case, rest = "") => `/api/cases/${of.service_request_id}${rest}`;

export const may = (act: CaseAct) => casePage.shown.may.includes(act);

export const ifMatch = ({ version }: Case) => ({ "If-Match": `"${version}"` });

/** Reads the case again; false if it cannot be read. A case that the officer can no longer see is removed from the page. */
export async function reloadCase(): Promise<boolean> {
  const found = await call<Case>("GET", pathOf(casePage.shown));
  const isElsewhere = found.kind === "refused" && [403, 404].includes(found.problem.status);
  if (isElsewhere) showMoved();
  if (found.kind !== "stored") return false;
  casePage.shown = found.value;
  showStatus("");
  show(byId("staff-page"));
  casePage.draw();
  return true;
}

function showMoved(team?: string): void {
  const whose = team ? nameOf(team, casePage.names.teams) : "another team";
  showStatus(`${groupReference(casePage.shown.service_request_id)} is now with ${whose}. You can no longer see it.`);
  byId("staff-status").append(" ", element("a", { href: "/desk/" }, "Back to the queue"));
  show(byId("staff-page"), false);
}

/** Changes the case and shows a message. Errors are shown in `place`, at their field. */
export async function changeCase(
  place: HTMLElement,
  changes: { team?: string; [name: string]: unknown },
  done: string,
  otherwise: string,
): Promise<boolean> {
  clearErrors(place);
  const { outcome, asked } = await whileBusy(place, () =>
    sendChange<ChangeResult>(pathOf(casePage.shown, "/changes"), changes, ifMatch(casePage.shown)),
  );
  if (outcome.kind === "stored") {
    hideNewer();
    offerUndo(outcome.value, done, casePage.shown.service_request_id, asked);
    if (outcome.value.in_remit) await reloadCase();
    else showMoved(changes.team);
    return true;
  }
  await showRefusal(place, outcome, otherwise);
  return false;
}

/** Adds a note, a question or a job to the case. */
export async function sendForCase<T>(
  place: HTMLElement,
  path: string,
  body: unknown,
  headers: Record<string, string>,
  otherwise: string,
): Promise<T | null> {
  clearErrors(place);
  const outcome = await whileBusy(place, () => call<T>("POST", path, body, headers));
  if (outcome.kind !== "stored") {
    await showRefusal(place, outcome, otherwise);
    return null;
  }
  await reloadCase();
  return outcome.value;
}

/** After a version conflict, shows the present case and keeps the typed text to send again. */
async function showRefusal(
  place: HTMLElement,
  outcome: Parameters<typeof errorsOf>[0],
  otherwise: string,
): Promise<void> {
  const before = casePage.shown;
  if (
    outcome.kind === "refused" &&
    outcome.problem.status === 409 &&
    (await reloadCase()) &&
    before.version !== casePage.shown.version
  )
    return showNewer(before, place);
  showRefusedFields(
    place,
    errorsOf(outcome).map(({ field, message }): FieldError => ({
      field: document.getElementById(field) ? field : otherwise,
      message,
    })),
  );
}

function showNewer(before: Case, place: HTMLElement): void {
  const box = byId("newer");
  const changed = differences(before, casePage.shown);
  const again = element("a", { href: `#${place.id}` }, "Check what you were about to send");
  again.addEventListener("click", (event) => {
    event.preventDefault();
    place.querySelector<HTMLElement>("select, textarea, input, button")?.focus();
  });
  box.replaceChildren(
    element("h2", {}, "Somebody else has changed this case"),
    element(
      "p",
      {},
      "Your changes have not been saved. What you typed is still here, and the page shows the case as it is now:",
    ),
    element("ul", { class: "govuk-list govuk-list--bullet" }, ...changed.map((text) => element("li", {}, text))),
    element("p", {}, again, " and send it again if it is still right."),
  );
  show(box);
  focusOn(box);
  box.scrollIntoView({ block: "center" });
}

function hideNewer(): void {
  show(byId("newer"), false);
}

function differences(before: Case, now: Case): string[] {
  const facts: [name: string, of: (one: Case) => string][] = [
    ["State", ({ state }) => nameOf(state, stateNames())],
    ["Team", ({ team }) => nameOf(team, casePage.names.teams)],
    ["Priority", ({ priority }) => PRIORITIES[priority]],
    ["Service", ({ service_name }) => service_name],
    ["Target", targetText],
    ["Who can see it", ({ visibility }) => ALL_VISIBILITIES[visibility]],
    ["Title", ({ title }) => title ?? "none"],
    ["Address", ({ address }) => address ?? "none"],
  ];
  const found = facts
    .filter(([, of]) => of(before) !== of(now))
    .map(([name, of]) => `${name}: ${of(before)} is now ${of(now)}`);
  if (before.description !== now.description) found.push("The description has changed");
  if (before.updates.length !== now.updates.length)
    found.push(`The timeline now has ${now.updates.length} entries, with: ${now.updates.at(-1)?.text || "no text"}`);
  return found.length ? found : ["Something that is not shown here"];
}
