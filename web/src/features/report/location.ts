/** The step that asks for the place: by postcode or street, from the phone, a photo or a map, or in words. */
import { byId, focusOn, show } from "../../shared/dom.ts";
import { clearErrors, showErrors } from "../../shared/form-errors.ts";
import { AskPlace } from "../../shared/places/ask-place.ts";
import { placeText } from "../../shared/places/place-text.ts";
import type { Place } from "../../shared/reports.ts";
import { changeDraft, currentDraft, movePin, placeOf } from "./draft.ts";
import { sectionOf } from "./steps.ts";

const section = sectionOf("where");
const address = byId<HTMLTextAreaElement>("address");
const inWords = byId("use-description");
const photo = byId<HTMLInputElement>("place-photo");
const asked = new AskPlace(section, accept, () => placeOf(currentDraft()));

export function start(onward: () => Promise<void>): void {
  byId("use-photo").addEventListener("click", () => photo.click());
  photo.addEventListener("change", () => {
    const file = photo.files?.[0];
    photo.value = "";
    if (file) void offerPhoto(file);
  });
  inWords.addEventListener("click", useWords);
  address.addEventListener("input", () => changeDraft({ address: address.value }));
  section.querySelector("form")!.addEventListener("submit", () => void goOn(onward));
}

export async function enter(): Promise<void> {
  describePlace();
  if (placeOf(currentDraft())) void sayIfOutside();
}

async function goOn(onward: () => Promise<void>): Promise<void> {
  clearErrors(section);
  const message = problem();
  if (!message) {
    if (!(await sayIfOutside())) await onward();
  } else if (currentDraft().in_words) showErrors(section, [{ field: "address", message }]);
  else asked.refuse(message);
}

/** Whether the place is outside the council's area; if so, the page says it. On any failure, the server decides. */
async function sayIfOutside(): Promise<boolean> {
  const place = placeOf(currentDraft());
  if (!place) return false;
  const message = await import("./outside-problem.ts")
    .then(({ outsideProblem }) => outsideProblem(place))
    .catch(() => null);
  const now = placeOf(currentDraft());
  if (!message || now?.lat !== place.lat || now.long !== place.long) return false;
  asked.refuse(message);
  return true;
}

function problem(): string | null {
  const draft = currentDraft();
  if (draft.in_words) return draft.address.trim() ? null : "Describe the location";
  return placeOf(draft) ? null : "Give the location: search for a street, use your location, or choose another way";
}

/** Shows the place, and the question about it. */
function describePlace(): void {
  const draft = currentDraft();
  const place = placeOf(draft);
  address.value = draft.address;
  show(byId("place"), place !== null);
  if (place) byId("place-words").textContent = [draft.place_label, placeText(place)].filter(Boolean).join("\n");
  show(byId("place-middle"), draft.place_label !== "" && !draft.asset);
  show(byId("description-note"), draft.in_words);
  inWords.setAttribute("aria-pressed", String(draft.in_words));
  byId("address-label").textContent = draft.in_words
    ? "Describe the location, for example 'footpath behind the library, by the second bench'"
    : "Nearest house number, street or landmark (optional)";
  address.rows = draft.in_words ? 4 : 1;
}

function useWords(): void {
  clearErrors(section);
  changeDraft({ lat: undefined, long: undefined, place_label: "", in_words: true });
  asked.closeMap();
  describePlace();
  focusOn(address);
}

/** Adds a photo. Asks before it uses the photo's place, because it may have been taken somewhere else. */
export async function offerPhoto(file: File): Promise<void> {
  clearErrors(section);
  asked.say("Reading the photo…");
  const council = await asked.council();
  if (!council) return;
  try {
    const { offerPlaceOf } = await import("./place-photo.ts");
    asked.say(await offerPlaceOf(file, council, byId("photo-offer"), (place) => asked.accept(place)));
  } catch {
    asked.refuse("We could not read the photo. Choose another way to give the location");
  }
}

function accept(place: Place, label: string, words: string): void {
  movePin(place, label, words);
  describePlace();
  focusOn(byId("place"));
  void sayIfOutside();
}
