/** My places: locations saved in the account, to report a problem there or view them on the map. */
import { actionButton, byId, element, focusOn, show, screenReaderText } from "../../shared/dom.ts";
import { clearErrors, showErrors } from "../../shared/form-errors.ts";
import { openDraft } from "../../shared/stored-draft.ts";
import { type Draft, newDraft } from "../../shared/pending-report.ts";
import { AskPlace } from "../../shared/places/ask-place.ts";
import { placeText } from "../../shared/places/place-text.ts";
import type { Place } from "../../shared/reports.ts";
import { ACCOUNT, type OwnAccount, saveAccount, type SavedPlace } from "./model.ts";
import { sendChange, openPage, showMessage } from "./page.ts";
import { say } from "../../shared/say.ts";

const form = byId<HTMLFormElement>("place-form");
const list = byId("places");
const box = byId("place-chosen");
const label = byId<HTMLInputElement>("label");
let account: OwnAccount;
let chosenPlace: Place | null = null;

const askPlace = new AskPlace(form, choosePlace, () => chosenPlace);
form.addEventListener("submit", (event) => {
  event.preventDefault();
  void submitPlace();
});
void openPage<OwnAccount>(ACCOUNT, showPlaces);

function showPlaces(read: OwnAccount): void {
  account = read;
  const entries = read.saved_places.map(placeEntry);
  list.replaceChildren(...(entries.length ? entries : [element("p", {}, say("You have no saved places."))]));
}

function choosePlace(place: Place, name: string): void {
  chosenPlace = place;
  show(box);
  byId("place-words").textContent = name || placeText(place);
  label.value ||= name;
  focusOn(label);
}

async function submitPlace(): Promise<void> {
  clearErrors(form);
  if ((await askPlace.takeTyped()) && chosenPlace) await addPlace(chosenPlace);
}

async function addPlace({ lat, long }: Place): Promise<void> {
  clearErrors(form);
  const name = label.value.trim();
  if (!name) return showErrors(form, [{ field: "label", message: say("Enter a name for this place") }]);
  if (!(await savePlaces([...account.saved_places, { label: name, lat, long }], form, "label"))) return;
  chosenPlace = null;
  show(box, false);
  form.reset();
  showMessage(say("{place} saved.", { place: name }));
}

async function savePlaces(saved_places: SavedPlace[], where: HTMLElement, field: string): Promise<boolean> {
  const saved = await sendChange(
    where,
    () => saveAccount(account, { saved_places }),
    () => field,
  );
  if (saved) showPlaces(saved);
  return saved !== null;
}

function placeEntry(place: SavedPlace, index: number): HTMLElement {
  const about = () => screenReaderText(` ${place.label}`);
  const report = actionButton(say("Report a problem here"), () => void startReportAt(place));
  const remove = actionButton(say("Remove"), () => void drop());
  remove.id = `remove-${index}`;
  for (const button of [report, remove]) button.append(about());
  const map = element(
    "a",
    {
      class: "govuk-button govuk-button--secondary",
      href: `/map/#17/${place.lat}/${place.long}`,
      role: "button",
      draggable: "false",
    },
    say("Map"),
    about(),
  );
  const entry = element(
    "section",
    { class: "app-entry" },
    element("h2", { class: "app-entry__name" }, place.label),
    element("div", { class: "app-buttons" }, report, map, remove),
  );
  return entry;

  async function drop(): Promise<void> {
    if (
      !(await savePlaces(
        account.saved_places.filter((each) => !isSamePlace(each, place)),
        entry,
        remove.id,
      ))
    )
      return;
    showMessage(say("{place} removed.", { place: place.label }));
  }
}

const isSamePlace = (one: SavedPlace, other: SavedPlace) =>
  one.label === other.label && one.lat === other.lat && one.long === other.long;

/** Starts a report at that place, or moves the draft of this tab there. Drafts of other visits stay as they are. */
async function startReportAt({ label: place_label, lat, long }: SavedPlace): Promise<void> {
  const kept = await openDraft<Draft>("report", true);
  const draft = kept.value ?? newDraft();
  const address = draft.address === draft.suggested_address ? "" : draft.address;
  await kept.save({ ...draft, lat, long, place_label, address, suggested_address: "", in_words: false, asset: null });
  location.assign("/report/#service");
}
