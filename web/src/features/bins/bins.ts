/** The bin days of one address. It is stored in this browser, so a view reads published documents only. */
import { binDays, collectionDays, knownDays, missedStreets } from "../../shared/collections/bin-days.ts";
import { loadCollections, type PublishedCollections } from "../../shared/collections/documents.ts";
import { refreshRounds, rememberGardenOffer } from "../../shared/collections/premises-rounds.ts";
import { type RememberedPremises, rememberedPremises } from "../../shared/collections/saved-address.ts";
import { viewFrom } from "../../shared/collections/view.ts";
import { byId, focusOn, show } from "../../shared/dom.ts";
import { pounds } from "../../shared/money.ts";
import { SAVED_COPY } from "../../shared/places/cached-documents.ts";
import { say } from "../../shared/say.ts";
import { ageText } from "./age.ts";
import { clearCalendar, startCalendar } from "./calendar.ts";
import { binEntry, dayEntry, streetList } from "./entries.ts";
import { startAddressSearch } from "./find-address.ts";

const findSection = document.querySelector<HTMLElement>('[data-view="find"]')!;
const binsSection = document.querySelector<HTMLElement>('[data-view="bins"]')!;
const list = byId("bins");
const status = byId("bins-status");
const retry = byId("try-again");
/** Counts what was drawn, so that a slow answer does not replace a newer one. */
let turns = 0;

function showSection(section: HTMLElement): void {
  for (const each of [findSection, binsSection]) show(each, each === section);
}

function openSection(section: HTMLElement): void {
  showSection(section);
  scrollTo(0, 0);
  focusOn(section.querySelector("h1")!);
}

async function showPremises(premises: RememberedPremises): Promise<void> {
  const turn = ++turns;
  byId("bins-address").textContent = premises.address;
  const search = `?${new URLSearchParams({ premises_id: premises.premises_id })}`;
  for (const id of ["bins-reminders", "bins-missed", "bins-garden"]) byId<HTMLAnchorElement>(id).search = search;
  offerGarden(premises);
  byId("bins-age").textContent = "";
  show(retry, false);
  if (!list.hasChildNodes()) status.textContent = say("Loading your bin days…");
  try {
    const published = await loadCollections(premises);
    if (turn !== turns) return;
    status.textContent = "";
    if (published) showCollections(published, premises);
    else status.textContent = say("We have not published bin days yet.");
  } catch {
    if (turn !== turns) return;
    status.textContent = say("We could not load your bin days, and there is no saved copy. Check your connection.");
    show(retry);
  }
  show(byId("bins-actions"));
}

function offerGarden({ garden_pence: pence }: RememberedPremises): void {
  const isOffered = pence !== null && pence !== undefined;
  show(byId("garden-offer"), isOffered);
  if (isOffered) byId("garden-price").textContent = say("{price} for the first bin", { price: pounds(pence) });
}

function showCollections(published: PublishedCollections, premises: RememberedPremises): void {
  const view = viewFrom(list, premises.street);
  list.replaceChildren(...binDays(published, view).map(binEntry));
  byId("all-days-until").textContent = knownDays(published.known_until);
  byId("all-days").replaceChildren(...collectionDays(published, view).map(dayEntry));
  show(byId("bins-more"), list.hasChildNodes());
  byId("missed-streets").replaceChildren(...streetList(missedStreets(published, view)));
  if (!list.hasChildNodes()) status.textContent = say("We have no collections for this address.");
  void updateRounds(premises);
}

/** Draws the address again if it is on other rounds now. */
async function updateRounds(premises: RememberedPremises): Promise<void> {
  const changed = await refreshRounds(premises);
  if (changed) await showPremises(changed);
}

function showRemembered(): void {
  const premises = rememberedPremises.read();
  if (premises) void showPremises(premises);
}

function askForAddress(): void {
  turns++;
  list.replaceChildren();
  show(byId("bins-more"), false);
  clearCalendar();
  openSection(findSection);
}

startAddressSearch((premises) => {
  rememberedPremises.write(premises);
  void showPremises(premises);
  openSection(binsSection);
});
byId("change-address").addEventListener("click", askForAddress);
byId("forget-address").addEventListener("click", () => {
  rememberedPremises.forget();
  askForAddress();
  byId("find-status").textContent = say("Address forgotten.");
});
retry.addEventListener("click", showRemembered);
byId("bins-garden").addEventListener("click", rememberGardenOffer);
startCalendar(() => rememberedPremises.read()?.premises_id ?? "");
byId("print").addEventListener("click", () => {
  byId<HTMLDetailsElement>("all-days-details").open = true;
  print();
});
addEventListener(SAVED_COPY, (event) => {
  byId("bins-age").textContent = ageText((event as CustomEvent<number>).detail);
});
document.addEventListener("visibilitychange", () => {
  if (!document.hidden && !binsSection.hidden) showRemembered();
});

const missedLink = byId("report-missed");
show(missedLink, Boolean(missedLink.dataset["form"]));
showSection(rememberedPremises.read() ? binsSection : findSection);
showRemembered();
