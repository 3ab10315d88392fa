/** The crew app: a day's jobs, on a phone that may have no signal for hours. */
import "./crew.scss";
import { loadCouncil } from "../../shared/council.ts";
import { actionButton, byId, element, focusOn, show } from "../../shared/dom.ts";
import { signInAddress } from "../../shared/session.ts";
import { startWorker } from "../../shared/worker-update.ts";
import { fetchFile } from "./kept-files.ts";
import { CHANNEL } from "./model.ts";
import { back, heading, type Part, timeText } from "./parts.ts";
import { followPlace, mayKnowPlace } from "./position.ts";
import { changed, onChange, reload, state } from "./state.ts";
import { followToday, startSyncing, sync } from "./sync.ts";
import { forgetLists } from "./cleanup.ts";
import { conflict } from "./views/conflict.ts";
import { choose } from "./views/choose.ts";
import { deed, isForm, start } from "./views/operation.ts";
import { after, job } from "./views/job.ts";
import { list } from "./views/list.ts";
import { isRoundForm, roundForm } from "./views/round-form.ts";
import { oneRound, rounds } from "./views/rounds.ts";
import { sheet } from "./views/sheet.ts";
import { summary } from "./views/summary.ts";
import { waiting } from "./views/waiting.ts";

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
let opened: { hash: string; route: Route } | null = null;
let drawn = "";

function routeOf(hash: string): Route {
  const [name = "", id = "", step = ""] = hash.split("/").map(decodeURIComponent);
  if (!state.choice || name === "choose") return { build: choose, isLive: false };
  if (name === "job" && isForm(step)) return { build: () => deed(id, step), isLive: false };
  if (name === "job") return { build: () => (step === "after" ? after(id) : job(id)), isLive: true };
  if (name === "conflict") return { build: () => conflict(id), isLive: true };
  if (name === "map") return { build: map, isLive: false, then: drawMap };
  if (name === "round" && isRoundForm(step)) return { build: () => roundForm(id, step), isLive: false };
  if (name === "round") return { build: () => oneRound(id), isLive: true };
  const lists: Record<string, () => Part[]> = { waiting, summary, sheet, rounds };
  return { build: lists[name] ?? list, isLive: true };
}

const hashNow = () => location.hash.slice(1);

async function open(): Promise<void> {
  tellFault("");
  const hash = hashNow();
  const isFirst = opened === null;
  if (opened) places.set(opened.hash, scrollY);
  const route = routeOf(hash);
  const here = (opened = { hash, route });
  const parts = await route.build();
  if (opened !== here) return;
  put(parts);
  await route.then?.();
  if (isFirst) return;
  focusOn(byId("view-heading"));
  scrollTo(0, hash === "" ? (places.get(hash) ?? 0) : 0);
}

function put(parts: Part[]): void {
  view.replaceChildren(...parts);
  drawn = view.innerHTML;
  const title = document.getElementById("view-heading")?.textContent ?? "Crew";
  document.title = `${title} – ${byId("council-name").textContent}`;
}

/** Redraws a changed view, and keeps the scroll position and the focus. */
function redraw(): void {
  bar();
  if (!opened?.route.isLive) return;
  const parts = opened.route.build() as Part[];
  const made = element("div", {}, ...parts);
  if (made.innerHTML === drawn) return;
  const focused = view.contains(document.activeElement) ? signOf(document.activeElement!) : null;
  const openDetails = [...view.querySelectorAll("details")].map((each) => each.open);
  put([...made.childNodes] as Node[]);
  view.querySelectorAll("details").forEach((each, index) => (each.open = openDetails[index] ?? false));
  if (focused === null) return;
  const same = [...view.querySelectorAll<HTMLElement>("a, button, summary")].find((each) => signOf(each) === focused);
  (same ?? byId("view-heading")).focus({ preventScroll: true });
}

/** Identifies an element across a redraw. */
const signOf = (each: Element) => each.id || `${each.tagName} ${each.getAttribute("href")} ${each.textContent}`;

function bar(): void {
  const { kept, items, isOffline, isSyncing, who, choice, isUpdateReady } = state;
  const waits = items.filter(({ attention }) => attention === null).length;
  show(byId("crew-bar"), choice !== null);
  write("badge-offline", isOffline ? "Offline" : "Online");
  byId("badge-offline").classList.toggle("crew-badge--offline", isOffline);
  write(
    "badge-synced",
    isSyncing && !isOffline
      ? "Syncing…"
      : kept
        ? `Synced ${timeText(new Date(kept.at).toISOString())}`
        : "Not synced yet",
  );
  write("badge-waiting", waits ? `${waits} waiting to send` : "All sent");
  show(byId("sign-in-note"), who === "signed-out" && choice !== null);
  show(byId("update-note"), isUpdateReady);
}

/** Writes only changed text, so that screen readers do not repeat it. */
function write(id: string, text: string): void {
  const place = byId(id);
  if (place.textContent !== text) place.textContent = text;
}

function tellFault(text: string): void {
  write("fault-note", text);
  show(byId("fault-note"), text !== "");
}

function map(): Part[] {
  return [
    back("#"),
    ...heading("Map"),
    element("p", { id: "crew-map-status", role: "status" }, "Loading the map…"),
    element("div", { id: "crew-map", role: "region", "aria-label": "Map of the jobs. The list has the same jobs." }),
    element("div", { id: "crew-map-job", role: "status" }),
    whereIAm(),
  ];
}

/** Asks for the location only when the button is pressed. Later operations then include it. */
function whereIAm(): HTMLElement {
  const ask = actionButton("Show my location", () => {
    followPlace(changed);
    show(ask, false);
  });
  show(ask, false);
  void mayKnowPlace().then((may) => show(ask, may === "prompt"));
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
async function keepMap(): Promise<void> {
  const { basemap } = await loadCouncil();
  if (basemap) await fetchFile("map", basemap, true);
}

async function begin(): Promise<void> {
  byId<HTMLAnchorElement>("sign-in").href = signInAddress();
  await followToday();
  if (!state.choice) await forgetLists();
  await reload();
  onChange(redraw);
  bar();
  await open();
  addEventListener("hashchange", () => void open());
  view.addEventListener("click", (event) => {
    const pressed = (event.target as HTMLElement).closest<HTMLElement>("[data-say=start]");
    if (pressed)
      void start(pressed.dataset["job"]!).then(
        () => tellFault(""),
        () => tellFault(FULL),
      );
  });
  new BroadcastChannel(CHANNEL).addEventListener("message", ({ data }) => void heard(data));
  startSyncing();
  if ((await mayKnowPlace()) === "granted") followPlace();
  void startWorker(WORKER, { scope: "/crew/" }, (reload) => {
    byId("update").onclick = reload;
    changed({ isUpdateReady: true });
  });
  void keepMap().catch(() => undefined);
  void import("./push.ts").then(({ sayWhereToWake }) => sayWhereToWake()).catch(() => undefined);
}

async function heard(what: unknown): Promise<void> {
  if (what === "left") location.assign("/crew/");
  else await (what === "changed" ? sync() : reload());
}

/** Shown if the browser has no database, because the app could not save anything. */
function cannot(): void {
  put([
    ...heading("You cannot use the crew app in this window"),
    element(
      "p",
      {},
      "This browser cannot save your work here. Open the app in a normal window, not a private one, or ask the office for a paper sheet.",
    ),
  ]);
}

void begin().catch(cannot);
