/** Search as you type in the list of streets, places and postcodes, which is loaded at first use. */
import { byId, element } from "../../shared/dom.ts";
import type { Place } from "../../shared/reports.ts";
import type { KnownPlace } from "./places.ts";

const MOST = 8;

const input = byId<HTMLInputElement>("place-search");
const status = byId("place-search-status");
const choices = byId("place-choices");

/** `words` is what may stand in the address: a typed house number goes before its street. */
type Choose = (place: Place, label: string, words: string) => void;

export function startPlaceSearch(choose: Choose): void {
  input.addEventListener("focus", () => void load().catch(() => undefined), { once: true });
  input.addEventListener("input", () => void search(choose));
  input.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    choices.querySelector("button")?.focus();
  });
}

async function load() {
  const places = await import("./places.ts");
  await places.loadPlaces();
  return places;
}

async function search(choose: Choose): Promise<void> {
  const typed = input.value;
  if (typed.trim().length < 2) return fill([], "");
  try {
    const { searchPlaces } = await load();
    if (typed !== input.value) return;
    const { found, number } = await searchPlaces(typed);
    const buttons = found.slice(0, MOST).map((place) => choice(place, number, choose));
    fill(buttons, countText(found.length));
  } catch {
    fill([], "The list of streets could not be loaded. Check your connection, or choose another way.");
  }
}

function fill(buttons: HTMLElement[], text: string): void {
  status.textContent = text;
  choices.replaceChildren(...buttons.map((button) => element("li", {}, button)));
}

function choice(place: KnownPlace, number: string, choose: Choose): HTMLElement {
  const words = place.kind === "postcode" ? "" : [number, place.label].filter(Boolean).join(" ");
  const button = element("button", { class: "app-choice", type: "button" }, place.label);
  button.addEventListener("click", () => {
    input.value = "";
    fill([], "");
    choose({ lat: place.lat, long: place.long }, place.label, words);
  });
  return button;
}

function countText(count: number): string {
  if (count === 0) return "We know no such place. Check the spelling, or choose another way.";
  if (count > MOST) return `${count} places fit. These fit best: type more to find others.`;
  return count === 1 ? "1 place fits. Choose it." : `${count} places fit. Choose one.`;
}
