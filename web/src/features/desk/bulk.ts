/** Changes several cases together. Shows first which cases can be changed. */
import type { FieldError } from "../../shared/api.ts";
import { dayText } from "../../shared/dates.ts";
import { actionButton, byId, element, focusOn, show, whileBusy } from "../../shared/dom.ts";
import { showRefusedFields } from "../../shared/error-sentences.ts";
import { clearErrors, showErrors } from "../../shared/form-errors.ts";
import { errorsOf } from "../../shared/session.ts";
import { stateNames } from "../../shared/states.ts";
import { type SelectedCase, selectedCases } from "./selected-cases.ts";
import { openDesk } from "./desk.ts";
import type { UndoOffer } from "./model.ts";
import { fillSelect, loadNames, toCodeNames, nameOf, type Names } from "./names.ts";
import { readNewDate, type NewDate } from "./new-date.ts";
import { sendChange } from "./sending.ts";
import { offerUndo } from "./undo.ts";
import { caseAddress, countText, PRIORITIES, reference } from "./words.ts";

interface Answer extends UndoOffer {
  items: { service_request_id: string; ok: boolean; because: string | null; version: number | null }[];
}

type Field = "state" | "team" | "priority" | "service_code" | "text";
type Changes = Partial<Record<Field, string>> & { new_date?: NewDate };

const BULK = "/api/cases/bulk";
const FIELDS: Field[] = ["state", "team", "priority", "service_code", "text"];
const form = byId<HTMLFormElement>("bulk-form");
const check = byId("check");
let cases: SelectedCase[] = [];
let names: Names = { teams: [], services: [], wards: [] };

form.addEventListener("submit", (event) => {
  event.preventDefault();
  void checkChanges();
});
openDesk(open, async () => location.assign("/desk/"));

async function open(): Promise<void> {
  cases = selectedCases.read() ?? [];
  if (!cases.length) return show(byId("nothing-chosen"));
  names = await loadNames();
  fillSelect(byId("state"), "No change", stateNames());
  fillSelect(byId("team"), "No change", names.teams);
  fillSelect(byId("priority"), "No change", toCodeNames(PRIORITIES));
  fillSelect(byId("service_code"), "No change", names.services);
  byId("bulk-count").textContent = `${countText(cases.length, "case")} chosen`;
  byId("bulk-cases").replaceChildren(...cases.map((each) => element("li", {}, ...caseLine(each))));
  show(byId("bulk"));
}

function chosenChanges(): Changes | FieldError {
  const filled = FIELDS.map((field) => [field, byId<HTMLInputElement>(field).value.trim()]);
  const new_date = readNewDate();
  if (new_date && "field" in new_date) return new_date;
  return { ...Object.fromEntries(filled.filter(([, value]) => value)), ...(new_date ? { new_date } : {}) };
}

async function checkChanges(): Promise<void> {
  clearErrors(form);
  const changes = chosenChanges();
  if ("field" in changes) return showErrors(form, [changes]);
  if (!Object.keys(changes).length)
    return showErrors(form, [{ field: "state", message: "Choose something to change" }]);
  const { outcome } = await whileBusy(form, () => sendMany(cases, changes, true));
  if (outcome.kind !== "stored") return showRefusedFields(form, bulkErrors(outcome));
  showCheck(changes, outcome.value);
}

function showCheck(changes: Changes, { items }: Answer): void {
  const able = cases.filter((_, index) => items[index]!.ok);
  const unable = items.filter(({ ok }) => !ok);
  const go = element("button", { class: "govuk-button", type: "button" }, `Change ${countText(able.length, "case")}`);
  go.addEventListener("click", () => void change(able, changes));
  check.replaceChildren(
    element("h2", { id: "check-heading" }, "Check changes"),
    element(
      "ul",
      { class: "govuk-list govuk-list--bullet" },
      ...changeTexts(changes).map((text) => element("li", {}, text)),
    ),
    ...(able.length ? [caseList(`${countText(able.length, "case")} will change`, able)] : []),
    ...(unable.length
      ? [
          caseList(
            `${countText(unable.length, "case")} cannot`,
            cases.filter((_, index) => !items[index]!.ok),
            (id) => reasonFor(id, items),
          ),
        ]
      : []),
    element("div", { class: "govuk-button-group" }, ...(able.length ? [go] : []), actionButton("Back", back)),
  );
  show(form, false);
  show(check);
  focusOn(byId("check-heading"));
}

function back(): void {
  show(check, false);
  show(form);
  focusOn(byId("state"));
}

async function change(able: SelectedCase[], changes: Changes): Promise<void> {
  clearErrors(check);
  const { outcome, asked } = await whileBusy(check, () => sendMany(able, changes, false));
  if (outcome.kind !== "stored") return showRefusedFields(check, bulkErrors(outcome));
  const { items } = outcome.value;
  const done = items.filter(({ ok }) => ok);
  const failed = able.filter((_, index) => !items[index]!.ok);
  selectedCases.forget();
  offerUndo(outcome.value, `${countText(done.length, "case")} changed.`, "", asked);
  check.replaceChildren(
    element("h2", { id: "check-heading" }, `${countText(done.length, "case")} changed`),
    ...(done.length
      ? [
          caseList(
            "Changed",
            able.filter((_, index) => items[index]!.ok),
          ),
        ]
      : []),
    ...(failed.length ? [caseList("Not changed", failed, (id) => reasonFor(id, items))] : []),
    element("p", {}, element("a", { class: "govuk-button", href: "/desk/" }, "Back to the queue")),
  );
  show(byId("bulk-chosen"), false);
  focusOn(byId("check-heading"));
}

function sendMany(of: SelectedCase[], changes: Changes, isCheck: boolean) {
  const ids = of.map(({ service_request_id, version }) => ({ service_request_id, version }));
  return sendChange<Answer>(BULK, { ids, changes, check: isCheck });
}

/** The changes in words. */
function changeTexts({ state, team, priority, service_code, new_date, text }: Changes): string[] {
  const states = stateNames();
  return [
    ...(state ? [`The state will be “${nameOf(state, states)}”. We'll notify the followers.`] : []),
    ...(team ? [`The team will be ${nameOf(team, names.teams)}.`] : []),
    ...(priority ? [`The priority will be ${PRIORITIES[priority as keyof typeof PRIORITIES].toLowerCase()}.`] : []),
    ...(service_code
      ? [`The service will be ${nameOf(service_code, names.services)}. Rules set again what no officer has chosen.`]
      : []),
    ...(new_date
      ? [
          `The new date will be ${dayText(new_date.day)}. We'll publish it with the reason, and send both to followers: ${new_date.reason}`,
        ]
      : []),
    ...(text ? [`Everyone who can see the cases can read: ${text}`] : []),
  ];
}

function caseList(title: string, of: SelectedCase[], because: (id: string) => string = () => ""): HTMLElement {
  const items = of.map((each) => {
    const why = because(each.service_request_id);
    return element("li", {}, ...caseLine(each), ...(why ? [element("p", { class: "desk-why" }, why)] : []));
  });
  return element("section", {}, element("h3", {}, title), element("ul", { class: "desk-lines" }, ...items));
}

function caseLine({ service_request_id: id, title }: SelectedCase): (Node | string)[] {
  return [element("a", { href: caseAddress(id) }, title), " ", reference(id)];
}

const reasonFor = (id: string, items: Answer["items"]) =>
  items.find((each) => each.service_request_id === id)?.because ?? "";

function bulkErrors(outcome: Parameters<typeof errorsOf>[0]): FieldError[] {
  return errorsOf(outcome).map(({ field, message }) => ({ field: field.replace(/^changes\./, ""), message }));
}
