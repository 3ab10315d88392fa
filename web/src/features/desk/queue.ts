/** The queue of cases, most overdue first. */
import { byId, element, focusOn, show, screenReaderText, whileBusy } from "../../shared/dom.ts";
import { mayBeWords, parseReference } from "../../shared/reference.ts";
import { faultOf } from "../../shared/fault.ts";
import { call } from "../../shared/session.ts";
import { stateTag } from "../../shared/states.ts";
import { selectedCases, MOST_CHOSEN } from "./selected-cases.ts";
import { openDesk } from "./desk.ts";
import type { CaseItem } from "./model.ts";
import { loadNames, nameOf, type Names } from "./names.ts";
import { queryOf, queryOfForm, showFilters } from "./queue-filters.ts";
import { markView, startViews, suggestName } from "./queue-views.ts";
import {
  attentionText,
  caseAddress,
  countText,
  needText,
  priorityTag,
  reference,
  targetTag,
  titleOf,
} from "./words.ts";

interface CaseList {
  items: CaseItem[];
  next: string | null;
}

const WIDE = "(min-width: 60em)";
const LONGEST_NEED = 200;
const rows = byId("rows");
const more = byId<HTMLButtonElement>("more");
const all = byId<HTMLInputElement>("choose-all");
const count = byId("count");
let names: Names = { teams: [], services: [], wards: [] };
let shownCases: CaseItem[] = [];
let next: string | null = null;
/** Counts searches, so that only the answer to the last one is shown. */
let searches = 0;

byId<HTMLDetailsElement>("filter-box").open = matchMedia(WIDE).matches;
byId("filters").addEventListener("submit", (event) => {
  event.preventDefault();
  void applyFilters();
});
window.addEventListener("popstate", () => void load());
more.addEventListener("click", () => void loadMore());
all.addEventListener("change", () => tick(() => all.checked));
byId("choose-none").addEventListener("click", () => {
  tick(() => false);
  focusOn(all);
});
rows.addEventListener("change", showSelection);
byId("change-chosen").addEventListener("click", () =>
  selectedCases.write(
    checkedCases().map((each) => ({
      service_request_id: each.service_request_id,
      version: each.version,
      title: titleOf(each),
    })),
  ),
);

openDesk(async () => {
  [names] = await Promise.all([loadNames(), startViews()]);
  await load();
}, load);

async function applyFilters(): Promise<void> {
  const query = queryOfForm();
  const typed = query.get("q") ?? "";
  const id = parseReference(typed);
  const isCase = id && (!mayBeWords(typed) || (await call("GET", `/api/cases/${id}`)).kind === "stored");
  if (isCase) return location.assign(caseAddress(id));
  history.pushState(null, "", `/desk/${query.size ? "?" : ""}${query}`);
  void load().then(() => focusOn(count));
}

async function load(): Promise<void> {
  const query = queryOf(location.search);
  showFilters(names, query);
  byId<HTMLInputElement>("view-name").value = suggestName(query, names);
  markView();
  shownCases = [];
  rows.replaceChildren();
  count.textContent = "Loading…";
  await loadPage(query);
}

async function loadMore(): Promise<void> {
  const first = shownCases.length;
  await loadPage(new URLSearchParams([...queryOf(location.search), ["cursor", next!]]));
  rows.children[first]?.querySelector<HTMLElement>("a")?.focus();
}

/** Reads a page and, if it is empty, the next one. */
async function loadPage(query: URLSearchParams): Promise<void> {
  const number = ++searches;
  const found = await whileBusy(byId("staff-page"), () => call<CaseList>("GET", `/api/cases?${query}`));
  if (number !== searches) return;
  if (found.kind !== "stored") {
    count.textContent = `${faultOf(found).replace(/\.$/, "")}.`;
    return;
  }
  next = found.value.next;
  shownCases.push(...found.value.items);
  rows.append(...found.value.items.map(rowOf));
  show(more, next !== null);
  show(byId("cases"), shownCases.length > 0);
  count.textContent = countLabel();
  more.textContent = found.value.items.length ? "Show more" : "Search more cases";
  showSelection();
}

/** The number of cases. A page of the queue can be empty although later pages have matches. */
function countLabel(): string {
  if (shownCases.length) return `${countText(shownCases.length, "case")}${next ? " shown. There may be more." : "."}`;
  return next ? "No matching cases so far." : "No matching cases.";
}

function rowOf(each: CaseItem): HTMLElement {
  const checkBoxes = element("input", { type: "checkbox", value: each.service_request_id });
  const box = element(
    "label",
    { class: "desk-tick" },
    checkBoxes,
    screenReaderText(`Choose ${titleOf(each)}, ${each.service_request_id}`),
  );
  const link = element("a", { href: caseAddress(each.service_request_id) }, titleOf(each));
  const about = [
    each.title ? each.service_name : "",
    each.followers > 1 ? countText(each.followers, "follower") : "",
    each.jobs ? countText(each.jobs, "job") : "",
  ];
  const tags = [
    ...priorityTag(each.priority),
    ...(each.attention ? [element("strong", { class: "govuk-tag desk-tag--soon" }, attentionText(each))] : []),
    ...(each.waits_for ? [element("strong", { class: "govuk-tag app-tag--working" }, "Waiting for an answer")] : []),
  ];
  const needs = each.needs.map((need) => element("div", { class: "desk-table__need" }, shorten(needText(need))));
  const what = element(
    "div",
    { class: "desk-table__what" },
    reference(each.service_request_id),
    ...about.filter(Boolean).map((text) => element("span", {}, text)),
  );
  return element(
    "tr",
    { role: "row" },
    cell("desk-table__tick", box),
    cell("desk-table__case", link, what, ...needs, element("div", { class: "desk-tags" }, ...tags)),
    cell("", targetTag(each)),
    cell("", stateTag(each.state)),
    cell(
      "desk-table__where",
      nameOf(each.team, names.teams),
      element(
        "div",
        { class: "app-muted" },
        each.address ?? (each.ward_code ? nameOf(each.ward_code, names.wards) : ""),
      ),
    ),
  );
}

/** Shortens a long text. */
const shorten = (text: string) => (text.length > LONGEST_NEED ? `${text.slice(0, LONGEST_NEED - 1)}…` : text);

function cell(kind: string, ...inside: (Node | string)[]): HTMLElement {
  return element("td", { role: "cell", ...(kind ? { class: kind } : {}) }, ...inside);
}

const boxes = () => [...rows.querySelectorAll<HTMLInputElement>("input[type=checkbox]")];
const checkedCases = () => shownCases.filter((_, index) => boxes()[index]!.checked);

function tick(choose: () => boolean): void {
  boxes().forEach((box, index) => (box.checked = choose() && index < MOST_CHOSEN));
  showSelection();
}

function showSelection(): void {
  const picked = checkedCases();
  show(byId("chosen-bar"), picked.length > 0);
  const tooMany = picked.length > MOST_CHOSEN ? ` (you can change up to ${MOST_CHOSEN} together)` : "";
  byId("chosen-count").textContent = `${countText(picked.length, "case")} chosen${tooMany}`;
  show(byId("change-chosen"), picked.length <= MOST_CHOSEN);
  const [one, other] = picked;
  show(byId("compare"), picked.length === 2);
  if (picked.length === 2)
    byId<HTMLAnchorElement>("compare").href =
      `/desk/merge/?${new URLSearchParams({ one: one!.service_request_id, other: other!.service_request_id })}`;
  all.checked = picked.length > 0 && picked.length === shownCases.length;
  all.indeterminate = picked.length > 0 && picked.length < shownCases.length;
}
