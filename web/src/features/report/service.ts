/** The step that asks for the kind of problem: tiles of the usual ones, a grouped list, and suggestions from words. */
import { formAddress, isOrder, usesServerForm, loadServices, type Service } from "../../shared/council.ts";
import { byId, element, show } from "../../shared/dom.ts";
import { clearErrors, showErrors } from "../../shared/form-errors.ts";
import { changeDraft, currentDraft } from "./draft.ts";
import { suggest } from "./service-search.ts";
import { sectionOf } from "./steps.ts";
import { say, sayMany } from "../../shared/say.ts";

const section = sectionOf("service");
const groups = byId("service-groups");
const matchList = byId("service-matches");
const search = byId<HTMLInputElement>("service-search");
const status = byId("service-status");
const tiles = byId("service-tiles").querySelectorAll<HTMLElement>("[data-service]");
/** A search text with fewer words does not describe the problem. */
const FEWEST_WORDS = 4;
/** The element of each service, which is moved between its group and the suggestions. */
const items = new Map<string, { service: Service; box: HTMLElement; home: HTMLElement }>();

export function start(onward: () => Promise<void>): void {
  for (const tile of tiles) {
    tile.addEventListener("click", () => {
      chooseService(tile.dataset["service"]!);
      void leaveStep(onward);
    });
  }
  search.addEventListener("input", filter);
  search.addEventListener("keydown", (event) => event.key === "Enter" && event.preventDefault());
  section.addEventListener("change", (event) => {
    const { name, value } = event.target as HTMLInputElement;
    if (name !== "service_code") return;
    chooseService(value);
    void import("./asset-search.ts").then(({ preloadAssets }) => preloadAssets()).catch(() => undefined);
  });
  section.querySelector("form")!.addEventListener("submit", () => {
    clearErrors(section);
    if (currentDraft().service_code) void leaveStep(onward);
    else
      showErrors(section, [
        { field: firstRadio()?.id ?? "service-search", message: say("Choose the kind of problem") },
      ]);
  });
}

export async function enter(): Promise<void> {
  if (!groups.hasChildNodes()) await fillGroups();
  markChosen();
}

/** Chooses the service. The search text becomes the description if it describes the problem and there is none yet. */
function chooseService(service_code: string): void {
  const typed = search.value.trim();
  const isDescribed = currentDraft().description.trim() !== "" || typed.split(/\s+/).length < FEWEST_WORDS;
  changeDraft({ service_code, ...(isDescribed ? {} : { description: typed }) });
  markChosen();
}

function markChosen(): void {
  const { service_code } = currentDraft();
  for (const radio of radios()) radio.checked = radio.value === service_code;
  for (const tile of tiles) tile.ariaCurrent = tile.dataset["service"] === service_code ? "true" : null;
}

/** Goes to the form of a request, booking or payment; what was entered here stays. Otherwise it says that the search
 * for nearby reports takes a moment. */
async function leaveStep(onward: () => Promise<void>): Promise<void> {
  const { service_code } = currentDraft();
  if (usesServerForm(items.get(service_code)?.service)) {
    changeDraft({ service_code: "" });
    location.assign(formAddress(service_code));
    return;
  }
  const before = status.textContent;
  status.textContent = say("One moment…");
  await onward();
  status.textContent = before;
}

async function fillGroups(): Promise<void> {
  status.textContent = say("Loading the list…");
  try {
    const services = await loadServices();
    groups.replaceChildren(...Array.from(byGroup(services), ([name, each]) => groupSection(name, each)));
    for (const tile of tiles) show(tile.parentElement!, items.has(tile.dataset["service"]!));
    filter();
  } catch {
    status.textContent = say("We could not load the list. Check your connection, go back and try again.");
  }
}

function byGroup(services: Service[]): Map<string, Service[]> {
  const grouped = new Map<string, Service[]>();
  for (const service of services) grouped.set(service.group, [...(grouped.get(service.group) ?? []), service]);
  return grouped;
}

function groupSection(name: string, services: Service[]): HTMLElement {
  const home = element("div", { class: "govuk-radios" });
  home.append(...services.map((service) => serviceItem(service, home)));
  return element("div", {}, element("h2", { class: "app-group" }, name), home);
}

function serviceItem(service: Service, home: HTMLElement): HTMLElement {
  const { service_code, service_name, description } = service;
  const id = `service-${service_code}`;
  const radio = element("input", {
    class: "govuk-radios__input",
    id,
    type: "radio",
    name: "service_code",
    value: service_code,
    "aria-describedby": `${id}-hint`,
  });
  const label = element("label", { class: "govuk-label govuk-radios__label", for: id }, service_name);
  const hint = element("div", { class: "govuk-hint govuk-radios__hint", id: `${id}-hint` }, description);
  const box = element("div", { class: "govuk-radios__item" }, radio, label, hint);
  items.set(service_code, { service, box, home });
  return box;
}

/** Bookings and bills are not problems: they are shown only if they match the search. */
function filter(): void {
  const services = Array.from(items.values(), ({ service }) => service);
  const suggestions = suggest(search.value, services);
  const searching = search.value.trim() !== "";
  for (const { service, box, home } of items.values()) {
    home.append(box);
    show(box, !(searching || isOrder(service)) || box.querySelector("input")!.checked);
  }
  for (const service of suggestions) showAsMatch(service);
  for (const box of groups.children)
    show(box as HTMLElement, box.querySelector(".govuk-radios__item:not([hidden])") !== null);
  status.textContent = searching ? matchText(suggestions.length) : "";
}

function showAsMatch({ service_code }: Service): void {
  const { box } = items.get(service_code)!;
  show(box);
  matchList.append(box);
}

function matchText(matches: number): string {
  if (matches === 0) return say("No matches. Try another word, or clear the search to see the whole list.");
  return sayMany(matches, "{count} match", "{count} matches, best first");
}

function radios(): NodeListOf<HTMLInputElement> {
  return section.querySelectorAll<HTMLInputElement>("input[type=radio]");
}

function firstRadio(): HTMLInputElement | undefined {
  return Array.from(radios()).find((radio) => !radio.closest("[hidden]"));
}
