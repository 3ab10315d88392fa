/** Runs on every residents' page: stores the app for use offline, offers a new version, and says how old a stored copy is. */
import { showBar } from "../../shared/bars.ts";
import { loadCatalogue } from "../../shared/council.ts";
import { momentText } from "../../shared/dates.ts";
import { actionButton } from "../../shared/dom.ts";
import { SAVED_COPY } from "../../shared/places/cached-documents.ts";
import { startWorker } from "../../shared/worker-update.ts";
import { hasOutbox } from "./has-outbox.ts";
import { SAVED_AT } from "../../shared/worker-messages.ts";
import { say } from "../../shared/say.ts";

let oldest = Infinity;

function showAge(at: number): void {
  if (at >= oldest) return;
  oldest = at;
  showBar("age", say("We could not reach the service. Last updated {moment}.", { moment: momentText(at) }));
}

function offerUpdate(reload: () => void): void {
  showBar("update", say("A new version is ready. "), actionButton(say("Reload"), reload));
}

async function loadOutboxNotices(): Promise<void> {
  if (await hasOutbox()) await import("./outbox-notices.ts");
}

function start(): void {
  void startWorker("/sw.js", { updateViaCache: "none" }, offerUpdate);
  void loadOutboxNotices().catch(() => undefined);
  // A report can then be begun without a signal, even if this visit does not open the report page.
  if (!navigator.serviceWorker?.controller) void loadCatalogue().catch(() => undefined);
}

const savedAt = document.querySelector<HTMLMetaElement>(`meta[name=${SAVED_AT}]`)?.content;
if (savedAt) showAge(Number(savedAt));
addEventListener(SAVED_COPY, (event) => showAge((event as CustomEvent<number>).detail));
if (document.readyState === "complete") start();
else addEventListener("load", start);
