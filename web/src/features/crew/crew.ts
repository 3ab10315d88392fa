/** The crew app: a day's jobs, on a phone that may have no signal for hours. */
import "./crew.scss";
import { loadCouncil } from "../../shared/council.ts";
import { actionButton, byId, element, focusOn, show } from "../../shared/dom.ts";
import { signInAddress } from "../../shared/session.ts";
import { startWorker } from "../../shared/worker-update.ts";
import { fetchFile } from "./stored-files.ts";
import { CHANNEL } from "./model.ts";
import { backLink, heading, type Part, timeText } from "./parts.ts";
import { watchLocation, locationPermission } from "./position.ts";
import { updateState, onChange, reload, state } from "./state.ts";
import { resetPastDay, startSyncing, sync } from "./sync.ts";
import { deleteLists } from "./cleanup.ts";
import { renderConflict } from "./views/conflict.ts";
import { renderChoice } from "./views/choose.ts";
import { renderOperation, isOperationForm, recordStart } from "./views/operation.ts";
import { renderSaved, renderJob } from "./views/job.ts";
import { renderList } from "./views/list.ts";
import { isRoundForm, renderRoundForm } from "./views/round-form.ts";
import { renderRound, renderRounds } from "./views/rounds.ts";
import { renderSheet } from "./views/sheet.ts";
import { renderSummary } from "./views/summary.ts";
import { renderWaiting } from "./views/waiting.ts";

const WORKER = "/crew/sw.js";
const FULL = "This phone could not save this. It may be full. Free some space and try again, or call the office.";

interface Route {
  /** A view; forms and maps are not redrawn. */
  build(): Part[] | Promise<Part[]>;
  isLive: boolean;
  then?(): Promise<void>;
}

const view = byId("view");
const places = new Map<string, number>();
let current: { hash: string; route: Route } | null = null;
let drawnHtml = "";

function routeOf(hash: string): Route {
  const [name = "", id = "", step = ""] = hash.split("/").map(decodeURIComponent);
  if (!state.choice || name === "choose") return { build: renderChoice, isLive: false };
  if (name === "job" && isOperationForm(step)) return { build: () => renderOperation(id, step), isLive: false };
  if (name === "job") return { build: () => (step === "after" ? renderSaved(id) : renderJob(id)), isLive: true };
  if (name === "conflict") return { build: () => renderConflict(id), isLive: true };
  if (name === "map") return { build: renderMap, isLive: false, then: drawMap };
  if (name === "round" && isRoundForm(step)) return { build: () => renderRoundForm(id, step), isLive: false };
  if (name === "round") return { build: () => renderRound(id), isLive: true };
  const lists: Record<string, () => Part[]> = {
    waiting: renderWaiting,
    summary: renderSummary,
    sheet: renderSheet,
    rounds: renderRounds,
  };
  return { build: lists[name] ?? renderList, isLive: true };
}

const hashNow = () => location.hash.slice(1);

async function openView(): Promise<void> {
  showFault("");
  const hash = hashNow();
  const isFirst = current === null;
  if (current) places.set(current.hash, scrollY);
  const route = routeOf(hash);
  const here = (current = { hash, route });
  const parts = await route.build();
  if (current !== here) return;
  showParts(parts);
  await route.then?.();
  if (isFirst) return;
  focusOn(byId("view-heading"));
  scrollTo(0, hash === "" ? (places.get(hash) ?? 0) : 0);
}

function showParts(parts: Part[]): void {
  view.replaceChildren(...parts);
  drawnHtml = view.innerHTML;
  const title = document.getElementById("view-heading")?.textContent ?? "Crew";
  document.title = `${title} – ${byId("council-name").textContent}`;
}

/** Redraws a changed view, and keeps the scroll position and the focus. */
function redraw(): void {
  drawBar();
  if (!current?.route.isLive) return;
  const parts = current.route.build() as Part[];
  const made = element("div", {}, ...parts);
  if (made.innerHTML === drawnHtml) return;
  const focused = view.contains(document.activeElement) ? identityOf(document.activeElement!) : null;
  const openDetails = [...view.querySelectorAll("details")].map((each) => each.open);
  showParts([...made.childNodes] as Node[]);
  view.querySelectorAll("details").forEach((each, index) => (each.open = openDetails[index] ?? false));
  if (focused === null) return;
  const same = [...view.querySelectorAll<HTMLElement>("a, button, summary")].find(
    (each) => identityOf(each) === focused,
  );
  (same ?? byId("view-heading")).focus({ preventScroll: true });
}

/** Identifies an element across a redraw. */
const identityOf = (each: Element) => each.id || `${each.tagName} ${each.getAttribute("href")} ${each.textContent}`;

function drawBar(): void {
  const { storedDay, items, isOffline, isSyncing, who, choice, isUpdateReady } = state;
  const waits = items.filter(({ attention }) => attention === null).length;
  show(byId("crew-bar"), choice !== null);
  setText("badge-offline", isOffline ? "Offline" : "Online");
  byId("badge-offline").classList.toggle("crew-badge--offline", isOffline);
  setText(
    "badge-synced",
    isSyncing && !isOffline
      ? "Syncing…"
      : storedDay
        ? `Synced ${timeText(new Date(storedDay.at).toISOString())}`
        : "Not synced yet",
  );
  setText("badge-waiting", waits ? `${waits} waiting to send` : "All sent");
  show(byId("sign-in-note"), who === "signed-out" && choice !== null);
  show(byId("update-note"), isUpdateReady);
}

/** Writes only changed text, so that screen readers do not repeat it. */
function setText(id: string, text: string): void {
  const place = byId(id);
  if (place.textContent !== text) place.textContent = text;
}

function showFault(text: string): void {
  setText("fault-note", text);
  show(byId("fault-note"), text !== "");
}

function renderMap(): Part[] {
  return [
    backLink("#"),
    ...heading("Map"),
    element("p", { id: "crew-map-status", role: "status" }, "Loading the map…"),
    element("div", { id: "crew-map", role: "region", "aria-label": "Map of the jobs. The list has the same jobs." }),
    element("div", { id: "crew-map-job", role: "status" }),
    locationButton(),
  ];
}

/** Asks for the location only when the button is pressed. Later operations then include it. */
function locationButton(): HTMLElement {
  const ask = actionButton("Show my location", () => {
    watchLocation(updateState);
    show(ask, false);
  });
  show(ask, false);
  void locationPermission().then((may) => show(ask, may === "prompt"));
  return ask;
}

async function drawMap(): Promise<void> {
  const isDrawn = await import("./views/map.ts").then((views) => views.drawMap()).catch(() => false);
  const status = document.getElementById("crew-map-status");
  if (!status) return;
  status.textContent = isDrawn
    ? "Tap a number to see the job."
    : "The map is not saved on this phone. The list says where each job is.";
  show(byId("crew-map"), isDrawn);
}

/** Downloads the whole base map, so that it works without a signal. Checks for a new one each day. */
async function downloadMap(): Promise<void> {
  const { basemap } = await loadCouncil();
  if (basemap) await fetchFile("map", basemap, true);
}

async function startApp(): Promise<void> {
  byId<HTMLAnchorElement>("sign-in").href = signInAddress();
  await resetPastDay();
  if (!state.choice) await deleteLists();
  await reload();
  onChange(redraw);
  drawBar();
  await openView();
  addEventListener("hashchange", () => void openView());
  view.addEventListener("click", (event) => {
    const pressed = (event.target as HTMLElement).closest<HTMLElement>("[data-say=start]");
    if (pressed)
      void recordStart(pressed.dataset["job"]!).then(
        () => showFault(""),
        () => showFault(FULL),
      );
  });
  new BroadcastChannel(CHANNEL).addEventListener("message", ({ data }) => void handleMessage(data));
  startSyncing();
  if ((await locationPermission()) === "granted") watchLocation();
  void startWorker(WORKER, { scope: "/crew/" }, (reload) => {
    byId("update").onclick = reload;
    updateState({ isUpdateReady: true });
  });
  void downloadMap().catch(() => undefined);
  void import("./push.ts").then(({ refreshPushAddress }) => refreshPushAddress()).catch(() => undefined);
}

async function handleMessage(what: unknown): Promise<void> {
  if (what === "left") location.assign("/crew/");
  else await (what === "changed" ? sync() : reload());
}

/** Shown if the browser has no database, because the app could not save anything. */
function showUnsupported(): void {
  showParts([
    ...heading("You cannot use the crew app in this window"),
    element(
      "p",
      {},
      "This browser cannot save your work here. Open the app in a normal window, not a private one, or ask the office for a paper sheet.",
    ),
  ]);
}

void startApp().catch(showUnsupported);
