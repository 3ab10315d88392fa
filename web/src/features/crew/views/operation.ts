/** The form that records the outcome of a job. Every change is stored on the phone at once. */
import { isoDay } from "../../../shared/dates.ts";
import { element, screenReaderText } from "../../../shared/dom.ts";
import { choiceGroup, choiceItems, checkedValues } from "../../../shared/choices.ts";
import { clearErrors, showErrors } from "../../../shared/form-errors.ts";
import type { FieldError } from "../../../shared/outcome.ts";
import { shrink } from "../../report/photo-shrink.ts";
import { type Draft, deleteDraft, readDraft, saveDraft } from "../drafts.ts";
import type { JobEventKind, Job, Reason } from "../model.ts";
import { backLink, heading, type Part } from "../parts.ts";
import { deletePhoto, findPhoto, storePhoto } from "../photos.ts";
import { recordOperation } from "../record.ts";
import { findJobView, reload, recordingAccount } from "../state.ts";
import { sendLater, sync } from "../sync.ts";
import { REASONS } from "../words.ts";

const MOST_PHOTOS = 5;
const MOST_TEXT = 2000;
const MOST_REASON = 300;

interface FormTexts {
  title: string;
  photos: string | null;
  text: string;
  hint?: string;
  save: string;
}

const FORMS: Record<Exclude<JobEventKind, "start">, FormTexts> = {
  done: {
    title: "Done",
    photos: "Photos after the work",
    text: "What was done (optional)",
    hint: "Residents may read this. Do not include names.",
    save: "Save as done",
  },
  could_not: {
    title: "Could not do it",
    photos: "Photos (optional)",
    text: "Anything else the office needs to know (optional)",
    save: "Save",
  },
  hand_over: {
    title: "Hand over",
    photos: "Photos (optional)",
    text: "Who needs to continue, and what is left to do?",
    save: "Hand over",
  },
  note: {
    title: "Add a note",
    photos: "Photos (optional)",
    text: "Your note",
    hint: "The office can see it.",
    save: "Save note",
  },
  new_date: {
    title: "Give a new date",
    photos: null,
    text: "Why is it later?",
    hint: "We publish the date and the reason, and send both to residents who follow this. Do not include names.",
    save: "Save new date",
  },
  photo: { title: "Add a photo", photos: "Photos", text: "What the photo shows (optional)", save: "Save" },
};

/** Kinds of operation after which the work continues, so the page returns to the job. */
const RETURNS_TO_JOB: JobEventKind[] = ["note", "photo", "new_date"];

/** Photos that are being stored. Saving waits for them. False if one of them could not be stored. */
let addingPhotos: Promise<boolean> | null = null;

export const isOperationForm = (kind: string): kind is keyof typeof FORMS => kind in FORMS;

/** Records at once that the job was started. */
export async function recordStart(jobId: string): Promise<void> {
  const shown = findJobView(jobId);
  if (shown) await storeOperation(shown.job, { kind: "start" });
}

export async function renderOperation(jobId: string, kind: keyof typeof FORMS): Promise<Part[]> {
  const shown = findJobView(jobId);
  if (!shown) return [backLink("#"), ...heading("This job is not on your list")];
  const { job } = shown;
  const draft = await readDraft(jobId, kind);
  const words = FORMS[kind];
  const form = element("form", { id: "deed", novalidate: "" });
  if (kind === "could_not") form.append(reasonField(draft));
  if (kind === "new_date") form.append(dayInput(draft));
  if (words.photos) form.append(photoField(draft, words.photos, form));
  form.append(textField(draft, words, kind === "new_date" ? MOST_REASON : MOST_TEXT));
  form.append(element("button", { class: "govuk-button", type: "submit", id: "save" }, words.save));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void submit(form, job, kind, draft);
  });
  return [backLink(`#job/${jobId}`, "Back to the job"), ...heading(words.title, job.title), form];
}

function reasonField(draft: Draft): HTMLElement {
  const items = choiceItems("radio", "reason", Object.entries(REASONS), draft.reason ? [draft.reason] : []);
  const group = choiceGroup("Why not?", "radios", items);
  group.addEventListener("change", () => {
    draft.reason = (checkedValues(group)[0] ?? null) as Reason | null;
    void saveDraft(draft);
  });
  return group;
}

function dayInput(draft: Draft): HTMLElement {
  const input = element("input", { class: "govuk-input", id: "day", type: "date", autocomplete: "off" });
  input.value = draft.day ?? "";
  input.addEventListener("input", () => {
    draft.day = input.value;
    void saveDraft(draft);
  });
  return element(
    "div",
    { class: "govuk-form-group" },
    element("label", { class: "govuk-label", for: "day" }, "New date"),
    input,
  );
}

function textField(draft: Draft, { text: label, hint }: FormTexts, most: number): HTMLElement {
  const described: Record<string, string> = hint ? { "aria-describedby": "text-hint" } : {};
  const area = element("textarea", {
    class: "govuk-textarea",
    id: "text",
    rows: "4",
    maxlength: String(most),
    ...described,
  });
  area.value = draft.text;
  area.addEventListener("input", () => {
    draft.text = area.value;
    void saveDraft(draft);
  });
  return element(
    "div",
    { class: "govuk-form-group" },
    element("label", { class: "govuk-label", for: "text" }, label),
    ...(hint ? [element("p", { class: "govuk-hint", id: "text-hint" }, hint)] : []),
    area,
  );
}

function photoField(draft: Draft, label: string, form: HTMLElement): HTMLElement {
  const chosen = element("ul", { class: "crew-chosen" });
  const status = element("p", { class: "app-muted app-said", role: "status" });
  const input = element("input", {
    class: "govuk-file-upload",
    id: "photos",
    type: "file",
    accept: "image/*",
    multiple: "",
  });
  const draw = async () => chosen.replaceChildren(...(await Promise.all(draft.photos.map(entry))));
  input.addEventListener("change", () => {
    const files = [...(input.files ?? [])];
    input.value = "";
    const now = (addingPhotos = Promise.resolve(addingPhotos).then(() => add(files)));
    void now.finally(() => {
      if (addingPhotos === now) addingPhotos = null;
    });
  });

  async function add(files: File[]): Promise<boolean> {
    clearErrors(form);
    const faults: string[] = [];
    for (const each of files) {
      status.textContent = "Saving the photo…";
      const fault = await addPhoto(each, draft).catch(() => "This phone could not save the photo. It may be full");
      if (fault) faults.push(fault);
    }
    await draw();
    status.textContent =
      draft.photos.length === 1 ? "1 photo saved on this phone." : `${draft.photos.length} photos saved on this phone.`;
    if (faults.length)
      showErrors(
        form,
        [...new Set(faults)].map((message) => ({ field: "photos", message })),
      );
    return faults.length === 0;
  }

  async function entry(id: string, index: number): Promise<HTMLElement> {
    const name = `Photo ${index + 1}`;
    const remove = element(
      "button",
      { class: "govuk-button govuk-button--secondary", type: "button" },
      "Remove",
      screenReaderText(` ${name.toLowerCase()}`),
    );
    remove.addEventListener("click", () => void removePhoto(id, name));
    return element("li", {}, await photoThumbnail(id, name), remove);
  }

  async function removePhoto(id: string, name: string): Promise<void> {
    draft.photos = draft.photos.filter((each) => each !== id);
    await saveDraft(draft);
    await deletePhoto(id);
    await draw();
    status.textContent = `${name} removed.`;
    input.focus();
  }

  void draw();
  return element(
    "div",
    { class: "govuk-form-group" },
    element("label", { class: "govuk-label", for: "photos" }, label),
    input,
    status,
    chosen,
  );
}

async function photoThumbnail(id: string, name: string): Promise<HTMLElement> {
  const kept = await findPhoto(id);
  const words = element(
    "span",
    { class: "app-thumbnail" },
    kept ? `${kept.name} (no preview)` : "No longer on this phone",
  );
  if (!kept) return words;
  const url = URL.createObjectURL(kept.blob);
  const image = element("img", { class: "app-thumbnail", src: url, alt: name });
  const isShown = await image.decode().then(
    () => true,
    () => false,
  );
  URL.revokeObjectURL(url);
  return isShown ? image : words;
}

/** Stores the original first, because a phone can end the page at any moment, then the smaller copy. Returns the error message, or null. */
async function addPhoto(file: File, draft: Draft): Promise<string | null> {
  if (draft.photos.length >= MOST_PHOTOS) return `You can add up to ${MOST_PHOTOS} photos`;
  const id = crypto.randomUUID();
  await storePhoto({ id, blob: file, name: file.name, raw: true });
  draft.photos = [...draft.photos, id];
  await saveDraft(draft);
  const small = await shrink(file);
  if (!("problem" in small)) {
    await storePhoto({ id, blob: small, name: file.name, raw: false });
    return null;
  }
  draft.photos = draft.photos.filter((each) => each !== id);
  await saveDraft(draft);
  await deletePhoto(id);
  return small.problem;
}

async function submit(form: HTMLElement, job: Job, kind: keyof typeof FORMS, draft: Draft): Promise<void> {
  const button = form.querySelector<HTMLButtonElement>("#save")!;
  clearErrors(form);
  button.disabled = true;
  const isWhole = (await addingPhotos) ?? true;
  const faults = draftErrors(kind, draft);
  if (!isWhole || faults.length) {
    button.disabled = false;
    return isWhole ? showErrors(form, faults) : undefined;
  }
  try {
    await storeOperation(findJobView(job.job_id)?.job ?? job, {
      kind,
      text: draft.text,
      reason: kind === "could_not" ? draft.reason : null,
      day: kind === "new_date" ? draft.day : null,
      photos: draft.photos,
    });
  } catch {
    button.disabled = false;
    return showErrors(form, [
      {
        field: "save",
        message:
          "This phone could not save this. It may be full. What you wrote is still here. Free some space and try again, or call the office",
      },
    ]);
  }
  await deleteDraft(draft).catch(() => undefined);
  location.hash = RETURNS_TO_JOB.includes(kind) ? `job/${job.job_id}` : `job/${job.job_id}/after`;
}

function draftErrors(kind: JobEventKind, { text: typed, reason, day, photos: chosen }: Draft): FieldError[] {
  if (kind === "could_not" && !reason) return [{ field: "reason", message: "Choose why you could not do it" }];
  if (kind === "could_not" && reason === "other" && !typed.trim())
    return [{ field: "text", message: "Enter why you could not do it" }];
  if (kind === "hand_over" && !typed.trim())
    return [{ field: "text", message: "Enter who needs to continue, and what is left to do" }];
  if (kind === "note" && !typed.trim()) return [{ field: "text", message: "Enter your note" }];
  if (kind === "new_date" && (!day || day < isoDay(new Date(), Intl.DateTimeFormat().resolvedOptions().timeZone)))
    return [{ field: "day", message: "Enter a day from today on" }];
  if (kind === "new_date" && !typed.trim()) return [{ field: "text", message: "Enter why it is later" }];
  if (kind === "photo" && !chosen.length) return [{ field: "photos", message: "Choose a photo" }];
  return [];
}

async function storeOperation(job: Job, saying: Parameters<typeof recordOperation>[1]): Promise<void> {
  await recordOperation(job, saying, recordingAccount());
  await reload();
  void sync();
  void sendLater();
}
