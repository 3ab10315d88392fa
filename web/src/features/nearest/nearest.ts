/** Where is my nearest: the kind, the location, then the list, computed in the browser from published documents. */
import { isInside, loadCouncil } from "../../shared/council.ts";
import { byId, element, focusOn, show } from "../../shared/dom.ts";
import { clearErrors } from "../../shared/form-errors.ts";
import { AskPlace } from "../../shared/places/ask-place.ts";
import { type FacilityKind, loadFacilities, loadKinds } from "../../shared/places/facilities.ts";
import { readHash, type NearestSearch, writeHash } from "./hash.ts";
import { lastSearch } from "./last-search.ts";
import { say, sayParts } from "../../shared/say.ts";

type View = "kinds" | "where" | "results";

const PROBLEM = say("We could not load this page, and there is no saved copy. Check your connection and try again.");

const baseTitle = document.title;
const back = byId<HTMLAnchorElement>("back");
const retry = byId("try-again");
const where = sectionOf("where");
const askPlace = new AskPlace(where, ({ lat, long }, label) => {
  location.hash = writeHash(readHash(location.hash).kind ?? "", { lat, long, label });
});
let shown: View | null = null;
let turns = 0;

function sectionOf(view: View): HTMLElement {
  return document.querySelector<HTMLElement>(`[data-view="${view}"]`)!;
}

function showView(view: View, backTo: string): void {
  for (const each of ["kinds", "where", "results"] as const) show(sectionOf(each), each === view);
  back.href = backTo;
  const heading = sectionOf(view).querySelector("h1")!;
  document.title = `${heading.textContent} – ${baseTitle}`;
  if (shown) {
    scrollTo(0, 0);
    focusOn(heading);
  }
  shown = view;
}

async function followHash(): Promise<void> {
  const turn = ++turns;
  const isCurrent = () => turn === turns;
  const { kind, from } = readHash(location.hash);
  clearErrors(where);
  show(retry, false);
  if (kind && from) await presentResults({ kind, from }, isCurrent);
  else if (kind) await presentWhere(kind, isCurrent);
  else await presentKinds(isCurrent);
}

async function presentWhere(kind: string, isCurrent: () => boolean): Promise<void> {
  showView("where", "#");
  const kinds = await loadKinds().catch(() => []);
  const isUnknown = kinds.length > 0 && !kinds.some((known) => known.kind === kind);
  if (isCurrent() && isUnknown) location.replace("#");
}

async function presentResults({ kind, from }: Required<NearestSearch>, isCurrent: () => boolean): Promise<void> {
  const status = byId("results-status");
  status.textContent = say("Loading…");
  const loading = import("./results.ts");
  try {
    const [results, council, facilities] = await Promise.all([loading, loadCouncil(), loadFacilities(kind)]);
    if (!isCurrent()) return;
    if (!facilities) return location.replace("#");
    if (!isInside(council, from)) {
      showView("where", "#");
      return askPlace.refuseOutside(council, from);
    }
    results.showResults(council, facilities, from);
    showView("results", writeHash(kind));
  } catch {
    if (!isCurrent()) return;
    await loading.then(({ clearResults }) => clearResults(kind)).catch(() => undefined);
    showView("results", writeHash(kind));
    status.textContent = PROBLEM;
    show(retry);
  }
}

async function presentKinds(isCurrent: () => boolean): Promise<void> {
  const status = byId("kinds-status");
  status.textContent = byId("kinds").hasChildNodes() ? "" : say("Loading…");
  showView("kinds", "/");
  offerLastSearch();
  try {
    const kinds = await loadKinds();
    if (!isCurrent()) return;
    byId("kinds").replaceChildren(...kinds.map(kindLink));
    status.textContent = kinds.length ? "" : say("No places listed yet.");
  } catch {
    if (!isCurrent()) return;
    status.textContent = PROBLEM;
    show(retry);
  }
}

function kindLink({ kind, plural, count }: FacilityKind): HTMLElement {
  const link = element("a", { href: writeHash(kind) }, plural);
  return element("li", {}, link, element("span", { class: "app-muted" }, String(count)));
}

function offerLastSearch(): void {
  const last = lastSearch.read();
  const box = byId("last-search");
  show(box, last !== null);
  if (!last) return;
  const { kind, plural, from } = last;
  const name = from.label ? say("{kind} near {place}", { kind: plural, place: from.label }) : plural;
  const search = element("a", { href: writeHash(kind, from) }, name);
  box.replaceChildren(...sayParts("Your last search: {search}", { search }));
}

document.addEventListener("submit", (event) => event.preventDefault());
retry.addEventListener("click", () => void followHash());
addEventListener("hashchange", () => void followHash());
void followHash();
// Preload the results module, in case the signal is lost.
void import("./results.ts").catch(() => undefined);
