/** The bin days of one address. It is stored in this browser, so a view reads published documents only. */
import { binDays, missedStreets } from "../../shared/collections/bin-days.ts";
import { loadCollections } from "../../shared/collections/documents.ts";
import { type RememberedPremises, rememberedPremises } from "../../shared/collections/remembered.ts";
import { viewFrom } from "../../shared/collections/view.ts";
import { byId, focusOn, show } from "../../shared/dom.ts";
import { SAVED_COPY } from "../../shared/places/cached-documents.ts";
import { say } from "../../shared/say.ts";
import { ageText } from "./age.ts";
import { binEntry, streetList } from "./entries.ts";
import { startFinding } from "./find-address.ts";

const find = document.querySelector<HTMLElement>('[data-view="find"]')!;
const shown = document.querySelector<HTMLElement>('[data-view="bins"]')!;
const list = byId("bins");
const status = byId("bins-status");
const retry = byId("try-again");

function reveal(section: HTMLElement): void {
  for (const each of [find, shown]) show(each, each === section);
}

function present(section: HTMLElement): void {
  reveal(section);
  scrollTo(0, 0);
  focusOn(section.querySelector("h1")!);
}

async function draw({ address, rounds, street }: RememberedPremises): Promise<void> {
  byId("bins-address").textContent = address;
  show(retry, false);
  if (!list.hasChildNodes()) status.textContent = say("Loading your bin days…");
  byId("bins-age").textContent = "";
  try {
    const published = await loadCollections(rounds);
    const view = viewFrom(list, street);
    list.replaceChildren(...(published ? binDays(published, view) : []).map(binEntry));
    byId("missed-streets").replaceChildren(...(published ? streetList(missedStreets(published, view)) : []));
    status.textContent = !published
      ? say("We have not published bin days yet.")
      : list.hasChildNodes()
        ? ""
        : say("We have no collections for this address.");
  } catch {
    status.textContent = say("We could not load your bin days, and there is no saved copy. Check your connection.");
    show(retry);
  }
  show(byId("bins-actions"));
}

function drawRemembered(): void {
  const premises = rememberedPremises.read();
  if (premises) void draw(premises);
}

function askAnew(): void {
  list.replaceChildren();
  present(find);
}

startFinding((premises) => {
  rememberedPremises.write(premises);
  void draw(premises);
  present(shown);
});
byId("change-address").addEventListener("click", askAnew);
byId("forget-address").addEventListener("click", () => {
  rememberedPremises.forget();
  askAnew();
  byId("find-status").textContent = say("Address forgotten.");
});
retry.addEventListener("click", drawRemembered);
addEventListener(SAVED_COPY, (event) => {
  byId("bins-age").textContent = ageText((event as CustomEvent<number>).detail);
});
document.addEventListener("visibilitychange", () => {
  if (!document.hidden && !shown.hidden) drawRemembered();
});

reveal(rememberedPremises.read() ? shown : find);
drawRemembered();
