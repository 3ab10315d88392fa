/** The photos, on the step about the problem. Their place and time are offered, never used unasked. */
import { isInside, loadCouncil, type Service } from "../../shared/council.ts";
import type { FieldError } from "../../shared/api.ts";
import { actionButton, byId, element, focusOn, show } from "../../shared/dom.ts";
import { clearErrors, showErrors } from "../../shared/form-errors.ts";
import type { DraftPhoto } from "../../shared/pending-report.ts";
import type { Place } from "../../shared/reports.ts";
import { addToDescription } from "./description.ts";
import { changeDraft, currentDraft, movePin, placeOf } from "./draft.ts";
import { addPhoto, MOST_PHOTOS } from "./photo-add.ts";
import { readFacts } from "./photo-exif.ts";
import { photoPicture } from "./photo-picture.ts";
import { deletePhotos } from "./photo-store.ts";
import { takenText } from "./photo-text.ts";
import { sectionOf } from "./steps.ts";
import { say, sayMany } from "../../shared/say.ts";

/** A photo taken closer to the pin than this is at the same place. */
const SAME_PLACE_M = 25;
const METRES_A_DEGREE = 111_195;

const section = sectionOf("details");
const list = byId("photo-list");
const status = byId("photos-status");
const input = byId<HTMLInputElement>("photo-files");
const adder = byId<HTMLButtonElement>("add-photos");

export function startPhotos(): void {
  adder.addEventListener("click", () => input.click());
  input.addEventListener("change", () => void addPhotos());
}

/** Nothing if the service takes no photos. */
export function photoErrors(): FieldError[] {
  const refused = currentDraft().photos.find((photo) => photo.refused);
  if (!refused || byId("photos").hidden) return [];
  return [{ field: `remove-${refused.id}`, message: say("Remove the photo that cannot be used") }];
}

export async function showPhotos(service: Service | undefined): Promise<void> {
  show(byId("photos"), service?.photo !== "none");
  byId("photos-reason").textContent = whyText(service);
  status.textContent = "";
  await drawPhotos();
}

function whyText(service: Service | undefined): string {
  const why =
    service?.photo === "wanted"
      ? say("A photo helps us to find the problem and bring the right tools.")
      : say("You can add photos if they help to show the problem.");
  const who =
    service?.visibility === "private"
      ? say("Only the council can see your photos.")
      : say("Photos are public. Do not include faces, number plates or the inside of homes.");
  return `${why} ${who}`;
}

async function addPhotos(): Promise<void> {
  clearErrors(section);
  const files = [...(input.files ?? [])];
  const problems: string[] = [];
  adder.disabled = true;
  for (const [index, file] of files.entries()) {
    status.textContent =
      files.length === 1
        ? say("Preparing the photo…")
        : say("Preparing photo {number} of {all}…", { number: index + 1, all: files.length });
    const facts = await readFacts(file).catch(() => ({}));
    const problem = await addPhoto(file, facts).catch(() =>
      say("We could not prepare the photo. Try again, or choose another photo"),
    );
    if (problem) problems.push(problem);
  }
  input.value = "";
  await drawPhotos();
  status.textContent = countText(currentDraft().photos.length);
  if (problems.length)
    showErrors(
      section,
      [...new Set(problems)].map((message) => ({ field: adder.id, message })),
    );
}

async function drawPhotos(): Promise<void> {
  const { photos } = currentDraft();
  adder.disabled = photos.length >= MOST_PHOTOS;
  adder.textContent = photos.length ? say("Add another photo") : say("Add photos");
  list.replaceChildren(...(await Promise.all(photos.map(photoItem))));
}

async function photoItem(photo: DraftPhoto, index: number): Promise<HTMLElement> {
  const name = say("Photo {number}", { number: index + 1 });
  const remove = actionButton(say("Remove"), () => void removePhoto(photo, name));
  remove.id = `remove-${photo.id}`;
  remove.append(element("span", { class: "govuk-visually-hidden" }, ` ${name.toLowerCase()}`));
  const said = element(
    "div",
    {},
    element("strong", {}, name),
    ...refusalNote(photo),
    ...timeNote(photo),
    ...(await placeNote(photo)),
    remove,
  );
  return element("li", {}, await photoPicture(photo, name), said);
}

function refusalNote({ refused }: DraftPhoto): HTMLElement[] {
  return refused
    ? [element("p", { class: "govuk-error-message" }, say("We cannot use this photo. {reason}", { reason: refused }))]
    : [];
}

function timeNote({ taken }: DraftPhoto): HTMLElement[] {
  if (!taken) return [];
  const moment = takenText(taken);
  const words = say("Photo taken on {moment}.", { moment });
  const said = element("p", {}, say("Taken on {moment}.", { moment }));
  if (currentDraft().description.includes(words)) return [said];
  const add = actionButton(say("Add this to the description"), () => {
    addToDescription(words);
    add.remove();
    status.textContent = say("Added to the description.");
    focusOn(adder);
  });
  return [said, add];
}

/** Offers the photo's place, if it is not the same as the pin's. */
async function placeNote(photo: DraftPhoto): Promise<HTMLElement[]> {
  const taken = placeOf(photo);
  const council = await loadCouncil().catch(() => null);
  if (!taken || !council) return [];
  if (!isInside(council, taken))
    return [element("p", {}, say("Taken outside the area of {council}.", { council: council.name }))];
  const pin = placeOf(currentDraft());
  const metres = pin && distance(pin, taken);
  if (metres !== null && metres < SAME_PLACE_M) return [element("p", {}, say("Taken at your pin."))];
  const said =
    metres === null
      ? say("This photo contains a location.")
      : say("This photo was taken {distance} from your pin.", { distance: metresText(metres) });
  const move = actionButton(
    metres === null ? say("Use the photo's location") : say("Move the pin there"),
    () => void moveTo(taken),
  );
  return [element("p", {}, said), move];
}

async function moveTo(place: Place): Promise<void> {
  movePin(place);
  await drawPhotos();
  status.textContent = say("We've moved the pin to the photo's location.");
  focusOn(adder);
}

async function removePhoto(photo: DraftPhoto, name: string): Promise<void> {
  clearErrors(section);
  changeDraft({ photos: currentDraft().photos.filter(({ id }) => id !== photo.id) });
  await deletePhotos([photo.id]);
  await drawPhotos();
  status.textContent = say("{photo} removed. {left}", {
    photo: name,
    left: countText(currentDraft().photos.length),
  });
  focusOn(adder);
}

function countText(count: number): string {
  return count === 0 ? say("No photos.") : sayMany(count, "1 photo.", "{count} photos.");
}

/** Metres, exact to a few metres within a council's area. */
function distance(one: Place, other: Place): number {
  const east = (one.long - other.long) * Math.cos((one.lat * Math.PI) / 180);
  return Math.hypot(one.lat - other.lat, east) * METRES_A_DEGREE;
}

function metresText(metres: number): string {
  return metres < 1000 ? `${Math.round(metres / 10) * 10} m` : `${(metres / 1000).toFixed(1)} km`;
}
