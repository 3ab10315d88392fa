/** Two reports side by side, to merge or unmerge them. */
import { dayElement } from "../../shared/dates.ts";
import { byId, element, focusOn, show, whileBusy } from "../../shared/dom.ts";
import { clearErrors, showErrors } from "../../shared/form-errors.ts";
import { groupReference, parseReference } from "../../shared/reference.ts";
import { faultOf } from "../../shared/fault.ts";
import { call, errorsOf } from "../../shared/session.ts";
import { showFailure } from "../../shared/staff-page.ts";
import { stateTag } from "../../shared/states.ts";
import { photoList } from "../../shared/timeline.ts";
import { openDesk } from "./desk.ts";
import type { Case, ChangeResult } from "./model.ts";
import { sendChange } from "./sending.ts";
import { offerUndo, showMessage } from "./undo.ts";
import { caseAddress, countText, reference, titleOf } from "./words.ts";

const SIDES = ["one", "other"] as const;
const form = byId<HTMLFormElement>("merge-form");
const apart = byId("apart");
let cases: [Case, Case];
let survivor = "";

byId("pick-form").addEventListener("submit", (event) => {
  event.preventDefault();
  chooseReports();
});
form.addEventListener("submit", (event) => {
  event.preventDefault();
  void merge();
});
byId("unmerge").addEventListener("click", () => void unmerge());
openDesk(open, load);

async function open(): Promise<boolean> {
  const asked = new URLSearchParams(location.search);
  const ids = SIDES.map((side) => parseReference(asked.get(side) ?? ""));
  if (ids.some((id) => !id) || ids[0] === ids[1]) {
    for (const side of SIDES) byId<HTMLInputElement>(side).value = asked.get(side) ?? "";
    show(byId("pick-form"));
    return true;
  }
  return load();
}

function chooseReports(): void {
  const picker = byId("pick-form");
  clearErrors(picker);
  const ids = SIDES.map((side) => parseReference(byId<HTMLInputElement>(side).value));
  const wrong = ids.flatMap((id, index) =>
    id ? [] : [{ field: SIDES[index]!, message: "Enter a reference, like 7K3M-2QXV-9HTD" }],
  );
  if (!wrong.length && ids[0] === ids[1])
    wrong.push({ field: "other", message: "Enter the reference of a different report" });
  if (wrong.length) showErrors(picker, wrong);
  else location.assign(`/desk/merge/?${new URLSearchParams({ one: ids[0]!, other: ids[1]! })}`);
}

async function load(): Promise<boolean> {
  const asked = new URLSearchParams(location.search);
  const found = await Promise.all(
    SIDES.map((side) => call<Case>("GET", `/api/cases/${parseReference(asked.get(side) ?? "")}`)),
  );
  for (const each of found) {
    if (each.kind !== "stored") {
      showFailure(each);
      return false;
    }
  }
  cases = found.map((each) => (each as { value: Case }).value) as [Case, Case];
  draw();
  return true;
}

/** Preselects the report with more followers, otherwise the older one, unless the officer has chosen. */
function draw(): void {
  const [one, other] = cases;
  const older = one.requested_datetime <= other.requested_datetime ? one : other;
  const usual = one.followers === other.followers ? older : one.followers > other.followers ? one : other;
  survivor ||= usual.service_request_id;
  const duplicate = mergedOf(cases);
  byId("sides").replaceChildren(...cases.map((each, index) => reportCard(each, index, duplicate !== null)));
  byId("merge-heading").textContent = duplicate ? "These reports are merged" : "Are these about the same problem?";
  byId("merge-summary").textContent = duplicate
    ? `${groupReference(duplicate.service_request_id)} was merged into the other report.`
    : "";
  show(form);
  const isOpen = cases.every(({ may }) => may.includes("change"));
  show(byId("merge-buttons"), !duplicate && isOpen);
  show(byId("unmerge"), duplicate?.may.includes("unmerge"));
  show(apart, duplicate !== null);
}

const mergedOf = ([one, other]: [Case, Case]) =>
  one.duplicate_of === other.service_request_id ? one : other.duplicate_of === one.service_request_id ? other : null;

function reportCard(each: Case, index: number, isMerged: boolean): HTMLElement {
  const id = each.service_request_id;
  const rows: [string, (Node | string)[]][] = [
    ["Reported", [dayElement(each.requested_datetime)]],
    ["Service", [each.service_name]],
    ["Location", [each.address ?? "No address"]],
    ["Followers", [countText(each.followers, "follower")]],
    ["Jobs", [countText(each.jobs.length, "job")]],
    ["Timeline", [countText(each.updates.length, "entry", "entries")]],
  ];
  const heading = element("h2", {}, element("a", { href: caseAddress(id) }, titleOf(each)));
  const side = element(
    "section",
    { class: "app-card" },
    heading,
    element("div", { class: "desk-tags" }, stateTag(each.state), reference(id)),
    element("p", { class: "app-prose", dir: "auto" }, each.description),
    element(
      "dl",
      { class: "app-facts desk-facts" },
      ...rows.flatMap(([name, inside]) => [element("dt", {}, name), element("dd", {}, ...inside)]),
    ),
  );
  if (each.all_photos.length) side.append(photoList(each.all_photos, `the report ${groupReference(id)}`));
  if (!isMerged) side.append(survivorChoice(id, index));
  return side;
}

function survivorChoice(id: string, index: number): HTMLElement {
  const input = element("input", {
    class: "govuk-radios__input",
    id: `stays-${index + 1}`,
    type: "radio",
    name: "survivor",
    value: id,
  });
  input.checked = id === survivor;
  input.addEventListener("change", () => (survivor = id));
  const label = element(
    "label",
    { class: "govuk-label govuk-radios__label", for: input.id },
    `Keep ${groupReference(id)}`,
  );
  return element("div", { class: "govuk-radios" }, element("div", { class: "govuk-radios__item" }, input, label));
}

async function merge(): Promise<void> {
  clearErrors(form);
  const goes = cases.find(({ service_request_id }) => service_request_id !== survivor)!;
  const { outcome, asked } = await whileBusy(form, () =>
    sendChange<ChangeResult>(
      `/api/cases/${goes.service_request_id}/changes`,
      { duplicate_of: survivor },
      { "If-Match": `"${goes.version}"` },
    ),
  );
  if (outcome.kind !== "stored") return showRefusal(outcome);
  offerUndo(outcome.value, `Merged into ${groupReference(survivor)}.`, goes.service_request_id, asked);
  await load();
  focusOn(byId("merge-heading"));
}

async function unmerge(): Promise<void> {
  clearErrors(form);
  const goes = mergedOf(cases)!;
  const { outcome } = await whileBusy(form, () =>
    sendChange<Case>(`/api/cases/${goes.service_request_id}/unmerge`, undefined, { "If-Match": `"${goes.version}"` }),
  );
  if (outcome.kind !== "stored") return showRefusal(outcome);
  showMessage(`${groupReference(goes.service_request_id)} unmerged, with its followers.`);
  await load();
  focusOn(byId("merge-heading"));
}

/** After a version conflict, shows both reports as they are now. */
async function showRefusal(outcome: Parameters<typeof errorsOf>[0]): Promise<void> {
  const isOld = outcome.kind === "refused" && outcome.problem.status === 409;
  if (isOld) await load();
  const message = isOld
    ? "Somebody else has changed one of the reports. The page shows both as they are now. Check them, then try again"
    : faultOf(outcome);
  showErrors(form, [{ field: apart.hidden ? "merge" : "unmerge", message }]);
}
