/**
 * Search as you type for a street, a postcode, a facility or another place, in a combobox.
 *
 * Source: ARIA Authoring Practices Guide, "Combobox", editable with list autocomplete.
 */
import { byId, element, show } from "../dom.ts";
import type { Place } from "../reports.ts";
import type { FoundPlace } from "./places.ts";
import { say } from "../say.ts";

const PAUSE_MS = 120;
const SHORTEST = 2;

/** `words` is the text for an address: the street with a typed house number before it. */
export type OnPlaceChosen = (place: Place, label: string, words: string) => void | Promise<void>;

const input = byId<HTMLInputElement>("place-search");
const status = byId("place-search-status");
const list = byId("place-choices");
const box = input.parentElement!;
let onChosen: OnPlaceChosen;
let active = -1;
/** Set while typed text waits to be searched for. */
let pause: number | undefined;
/** Whether the focus or a press has gone to another part of the page. */
let isLeft = true;

export function startPlaceBox(chosen: OnPlaceChosen): void {
  onChosen = chosen;
  input.addEventListener("focus", () => void load().catch(() => undefined), { once: true });
  input.addEventListener("input", () => {
    isLeft = false;
    clearTimeout(pause);
    pause = window.setTimeout(() => void search(), PAUSE_MS);
  });
  input.addEventListener("keydown", handleKey);
  // A screen reader on a phone takes the focus out of the field to reach a choice, so a blur does not close the list.
  for (const kind of ["focusin", "pointerdown"]) document.addEventListener(kind, followFocus);
  // A press on a choice must not take the focus, or the list would close before the click.
  list.addEventListener("mousedown", (event) => event.preventDefault());
}

function followFocus({ target }: Event): void {
  isLeft = !box.contains(target as Node);
  setListOpen(!isLeft && list.childElementCount > 0);
}

/**
 * Takes what is typed but was not chosen from the list, if there is one match. Returns why the page cannot go on: there is
 * no match, or a choice has to be made; else null.
 */
export async function takeTypedPlace(): Promise<string | null> {
  const typed = input.value.trim();
  if (!typed) return null;
  return (await import("./place-choices.ts")).takeTyped(typed, choose, offer);
}

function offer(found: FoundPlace[], text: string): void {
  isLeft = false;
  showChoices(found.map(choiceItem), text);
}

async function choose({ lat, long, label, words }: FoundPlace): Promise<void> {
  input.value = "";
  showChoices([], "");
  await onChosen({ lat, long }, label, words);
}

async function load() {
  const [places, choices] = await Promise.all([import("./places.ts"), import("./place-choices.ts")]);
  await places.loadPlaces();
  return { ...places, ...choices };
}

async function search(): Promise<void> {
  clearTimeout(pause);
  pause = undefined;
  const typed = input.value;
  if (typed.trim().length < SHORTEST) return showChoices([], "");
  try {
    const { searchPlaces, shownPlaces, countText } = await load();
    const found = await searchPlaces(typed);
    if (typed !== input.value) return;
    showChoices(shownPlaces(found).map(choiceItem), countText(found.length));
  } catch {
    showChoices([], say("We could not load the list of streets. Check your connection, or choose another way."));
  }
}

function choiceItem(found: FoundPlace, index: number): HTMLElement {
  const made = element(
    "li",
    { class: "app-choice", id: `place-choice-${index}`, role: "option", "aria-selected": "false" },
    found.label,
  );
  made.addEventListener("click", () => void choose(found));
  return made;
}

function showChoices(options: HTMLElement[], text: string): void {
  status.textContent = text;
  list.replaceChildren(...options);
  setListOpen(options.length > 0 && !isLeft);
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
