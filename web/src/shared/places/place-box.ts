/**
 * Search as you type for a street, a postcode, a facility or another place, in a combobox.
 *
 * Source: ARIA Authoring Practices Guide, "Combobox", editable with list autocomplete.
 */
import { byId, element, show } from "../dom.ts";
import type { Place } from "../reports.ts";
import type { FoundPlace } from "./places.ts";
import { say, sayMany } from "../say.ts";

const MOST = 8;
const PAUSE_MS = 120;
const SHORTEST = 2;

/** `words` is the text for an address: the street with a typed house number before it. */
export type OnPlaceChosen = (place: Place, label: string, words: string) => void;

const input = byId<HTMLInputElement>("place-search");
const status = byId("place-search-status");
const list = byId("place-choices");
let onChosen: OnPlaceChosen;
let active = -1;
/** Set while typed text waits to be searched for. */
let pause: number | undefined;

export function startPlaceBox(chosen: OnPlaceChosen): void {
  onChosen = chosen;
  input.addEventListener("focus", () => void load().catch(() => undefined), { once: true });
  input.addEventListener("input", () => {
    clearTimeout(pause);
    pause = window.setTimeout(() => void search(), PAUSE_MS);
  });
  input.addEventListener("keydown", handleKey);
  input.addEventListener("blur", closeList);
  // A press on a choice must not take the focus, or the list would close before the click.
  list.addEventListener("mousedown", (event) => event.preventDefault());
}

async function load() {
  const places = await import("./places.ts");
  await places.loadPlaces();
  return places;
}

async function search(): Promise<void> {
  clearTimeout(pause);
  pause = undefined;
  const typed = input.value;
  if (typed.trim().length < SHORTEST) return showChoices([], "");
  try {
    const { searchPlaces } = await load();
    const found = await searchPlaces(typed);
    if (typed !== input.value) return;
    const shown = found.slice(0, MOST).map(choiceItem);
    showChoices(shown, countText(found.length));
  } catch {
    showChoices([], say("We could not load the list of streets. Check your connection, or choose another way."));
  }
}

function choiceItem({ lat, long, label, words }: FoundPlace, index: number): HTMLElement {
  const made = element(
    "li",
    { class: "app-choice", id: `place-choice-${index}`, role: "option", "aria-selected": "false" },
    label,
  );
  made.addEventListener("click", () => {
    input.value = "";
    showChoices([], "");
    onChosen({ lat, long }, label, words);
  });
  return made;
}

function showChoices(options: HTMLElement[], text: string): void {
  status.textContent = text;
  list.replaceChildren(...options);
  setListOpen(options.length > 0 && document.activeElement === input);
}

function setListOpen(isOpen: boolean): void {
  show(list, isOpen);
  input.setAttribute("aria-expanded", String(isOpen));
  activate(-1);
}

const closeList = () => setListOpen(false);

function activate(index: number): void {
  active = index;
  for (const [at, each] of [...list.children].entries()) each.setAttribute("aria-selected", String(at === index));
  const now = list.children[index];
  if (now) input.setAttribute("aria-activedescendant", now.id);
  else input.removeAttribute("aria-activedescendant");
  now?.scrollIntoView({ block: "nearest" });
}

function handleKey(event: KeyboardEvent): void {
  const count = list.children.length;
  if (event.key === "Escape") {
    if (list.hidden) input.value = "";
    return closeList();
  }
  if (event.key === "Enter") {
    event.preventDefault();
    if (count === 0 || pause !== undefined) return void search();
  }
  if (count === 0 || !["ArrowDown", "ArrowUp", "Enter"].includes(event.key)) return;
  event.preventDefault();
  if (list.hidden) setListOpen(true);
  // Enter first marks a choice, and selects it the second time.
  if (event.key === "Enter" && active >= 0) (list.children[active] as HTMLElement).click();
  else activate(event.key === "ArrowUp" ? (active <= 0 ? count - 1 : active - 1) : (active + 1) % count);
}

function countText(count: number): string {
  if (count === 0) return say("No matching street or place. Check the spelling, or choose another way.");
  if (count > MOST) return say("Showing the best {most} matches. Keep typing to narrow them down.", { most: MOST });
  return sayMany(count, "1 match", "{count} matches");
}
