/** Step 2: what kind of problem, from a list that can be searched. */
import { loadServices, type Service } from "../../shared/council.ts";
import { byId, element, show } from "../../shared/dom.ts";
import { clearErrors, showErrors } from "../../shared/form-errors.ts";
import { changeDraft, currentDraft } from "./draft.ts";
import { sectionOf } from "./steps.ts";

const section = sectionOf("service");
const groups = byId("service-groups");
const search = byId<HTMLInputElement>("service-search");
const status = byId("service-status");

export function startService(onward: () => void): void {
  search.addEventListener("input", filter);
  search.addEventListener("keydown", (event) => event.key === "Enter" && event.preventDefault());
  groups.addEventListener("change", (event) => changeDraft({ service_code: (event.target as HTMLInputElement).value }));
  section.querySelector("form")!.addEventListener("submit", (event) => {
    event.preventDefault();
    clearErrors(section);
    if (currentDraft().service_code) onward();
    else showErrors(section, [{ field: firstRadio()?.id ?? "service-search", message: "Choose what the problem is" }]);
  });
}

export async function enterService(): Promise<void> {
  if (!groups.hasChildNodes()) await fill();
  for (const radio of radios()) radio.checked = radio.value === currentDraft().service_code;
}

async function fill(): Promise<void> {
  status.textContent = "Loading the list…";
  try {
    groups.replaceChildren(...Array.from(byGroup(await loadServices()), ([name, services]) => group(name, services)));
    status.textContent = "";
  } catch {
    status.textContent = "The list could not be loaded. Check your connection, go back and try again.";
  }
}

function byGroup(services: Service[]): Map<string, Service[]> {
  const grouped = new Map<string, Service[]>();
  for (const service of services) grouped.set(service.group, [...(grouped.get(service.group) ?? []), service]);
  return grouped;
}

function group(name: string, services: Service[]): HTMLElement {
  const items = services.map(item);
  return element("div", {}, element("h2", { class: "app-group" }, name), element("div", { class: "govuk-radios" }, ...items));
}

function item({ service_code, service_name, description, keywords }: Service): HTMLElement {
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
  const words = [service_name, description, ...keywords].join(" ").toLowerCase();
  return element("div", { class: "govuk-radios__item", "data-words": words }, radio, label, hint);
}

function filter(): void {
  const wanted = search.value.toLowerCase().split(/\s+/).filter(Boolean);
  let matches = 0;
  for (const box of groups.querySelectorAll<HTMLElement>(".govuk-radios__item")) {
    const fits = wanted.every((word) => box.dataset["words"]!.includes(word));
    if (fits) matches++;
    show(box, fits || box.querySelector("input")!.checked);
  }
  for (const box of groups.children) show(box as HTMLElement, box.querySelector(".govuk-radios__item:not([hidden])") !== null);
  status.textContent = wanted.length ? matchText(matches) : "";
}

function matchText(matches: number): string {
  if (matches === 0) return "Nothing fits. Try another word, or clear the search to see the whole list.";
  return matches === 1 ? "1 kind of problem fits." : `${matches} kinds of problem fit.`;
}

function radios(): NodeListOf<HTMLInputElement> {
  return groups.querySelectorAll<HTMLInputElement>("input[type=radio]");
}

function firstRadio(): HTMLInputElement | undefined {
  return Array.from(radios()).find((radio) => !radio.closest("[hidden]"));
}
