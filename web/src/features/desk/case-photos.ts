/** The case's photos, to show, hide or black out parts of them. */
import { actionButton, byId, element, focusOn, show, screenReaderText, whileBusy } from "../../shared/dom.ts";
import { showRefusedFields } from "../../shared/error-sentences.ts";
import { clearErrors, showErrors } from "../../shared/form-errors.ts";
import { call, errorsOf } from "../../shared/session.ts";
import { BlackenField } from "./blacken-field.ts";
import { changeCase, casePage, may, pathOf, reloadCase } from "./current-case.ts";
import { moment } from "./case-facts.ts";
import type { CasePhoto, WorkPhoto } from "./model.ts";

const STATES: Record<string, string> = {
  shown: "Shown to everyone who can see the report",
  hidden: "Hidden: only officers can see it",
  waiting: "Not checked yet: only officers can see it",
};
const WHEN: Record<WorkPhoto["when"], string> = { before: "Before the work", after: "After the work" };
const WORK_PHOTO_STATES: Record<WorkPhoto["state"], string> = {
  ready: "Sent with the job: only officers and crews can see it",
  waiting: "Not received yet",
  refused: "We could not use this photo",
};
const list = byId("photo-list");
const editor = byId("blacken");

export function drawPhotos(): void {
  const { all_photos, work_photos } = casePage.shown;
  const known = new Set(all_photos.map(({ photo_id }) => photo_id));
  const others = work_photos.filter(({ photo_id }) => !known.has(photo_id));
  show(byId("photos"), all_photos.length + others.length > 0);
  list.replaceChildren(
    ...all_photos.map(photoEntry),
    ...others.map((photo, index) => workEntry(photo, `Photo ${all_photos.length + index + 1}`)),
  );
}

/** When and by whom a photo was taken; empty for a photo of the report. */
function photoOrigin(photoId: string): HTMLElement[] {
  const found = casePage.shown.work_photos.find(({ photo_id }) => photo_id === photoId);
  return found ? [element("p", {}, `${WHEN[found.when]}. ${found.by}, ${moment(found.at)}`)] : [];
}

/** A photo that only crews and officers can see, because it is not on the report. */
function workEntry(photo: WorkPhoto, name: string): HTMLElement {
  const entry = element("li", { id: `photo-${photo.photo_id}` });
  if (photo.url && photo.thumbnail_url) {
    const image = element("img", { src: photo.thumbnail_url, alt: name, width: "160", height: "120", loading: "lazy" });
    entry.append(element("a", { class: "app-photos__link", href: photo.url }, image));
  }
  entry.append(...photoOrigin(photo.photo_id), element("p", { class: "app-muted" }, WORK_PHOTO_STATES[photo.state]));
  return entry;
}

function photoEntry(photo: CasePhoto, index: number): HTMLElement {
  const name = `Photo ${index + 1}`;
  const image = element("img", { src: photo.thumbnail_url, alt: name, width: "160", height: "120", loading: "lazy" });
  const entry = element(
    "li",
    { id: `photo-${photo.photo_id}` },
    element("a", { class: "app-photos__link", href: photo.url }, image),
    ...photoOrigin(photo.photo_id),
    element("p", { class: "app-muted" }, STATES[photo.state] ?? photo.state),
  );
  image.addEventListener(
    "error",
    () => image.replaceWith(element("p", {}, `${name} is not ready, or we could not use it.`)),
    { once: true },
  );
  const isShown = photo.state === "shown";
  const turn = actionButton(
    isShown ? "Hide" : "Show",
    () =>
      void changeCase(
        entry,
        { photos: { [photo.photo_id]: isShown ? "hidden" : "shown" } },
        isShown ? "Photo hidden." : "Photo shown.",
        entry.id,
      ),
  );
  const blacken = actionButton("Black out parts", () => editPhoto(photo, name));
  for (const each of [turn, blacken]) each.append(screenReaderText(` of ${name}`));
  const offered = [...(may("change") ? [turn] : []), ...(may("black_out") ? [blacken] : [])];
  entry.append(element("div", { class: "app-buttons" }, ...offered));
  return entry;
}

function editPhoto(photo: CasePhoto, name: string): void {
  const field = new BlackenField(photo.url, name);
  const heading = element("h3", {}, `Black out parts of ${name.toLowerCase()}`);
  const save = element(
    "button",
    { class: "govuk-button", type: "submit", id: "blacken-save" },
    "Black out permanently",
  );
  const form = element(
    "form",
    { novalidate: "" },
    field.part,
    element(
      "div",
      { class: "govuk-button-group" },
      save,
      actionButton("Cancel", () => closeEditor(photo)),
    ),
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void blacken(photo, field, form);
  });
  editor.replaceChildren(
    heading,
    element(
      "p",
      {},
      "Draw over the parts that nobody should see, or enter the areas as numbers. You cannot undo this. We change the picture itself, and published copies within seconds.",
    ),
    form,
  );
  show(editor);
  focusOn(heading);
  editor.scrollIntoView({ block: "nearest" });
}

function closeEditor({ photo_id }: CasePhoto): void {
  show(editor, false);
  document.getElementById(`photo-${photo_id}`)?.querySelector<HTMLElement>("button:last-of-type")?.focus();
}

async function blacken(photo: CasePhoto, field: BlackenField, form: HTMLElement): Promise<void> {
  clearErrors(form);
  const areas = field.areas();
  if ("message" in areas) return showErrors(form, [areas]);
  const outcome = await whileBusy(form, () =>
    call("POST", pathOf(casePage.shown, `/photos/${photo.photo_id}/redaction`), { areas: areas.all }),
  );
  if (outcome.kind !== "stored")
    return showRefusedFields(
      form,
      errorsOf(outcome).map(({ message }) => ({ field: "blacken-save", message })),
    );
  editor.replaceChildren(element("p", { class: "app-card", role: "status" }, "Photo changed."));
  await reloadCase();
  focusOn(editor.firstElementChild as HTMLElement);
}
