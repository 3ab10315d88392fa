/** The photos of an update: made smaller, stored in this browser, listed, and sent before the update. */
import { actionButton, element, focusOn } from "../../shared/dom.ts";
import type { FieldError } from "../../shared/outcome.ts";
import type { DraftPhoto } from "../../shared/pending-report.ts";
import type { UpdateDraft } from "../../shared/pending-update.ts";
import { postAs } from "../../shared/post.ts";
import { sendPhoto, UNUSABLE_PHOTO } from "../../shared/queue.ts";
import { say } from "../../shared/say.ts";
import type { Policy } from "../../shared/upload.ts";
import { photoPicture } from "../report/photo-picture.ts";
import { shrink } from "../report/photo-shrink.ts";
import { deletePhotos, findPhoto, storePhoto } from "../report/photo-store.ts";

const MOST_PHOTOS = 3;

export interface DraftHolder {
  draft(): UpdateDraft;
  change(changes: Partial<UpdateDraft>): void;
}

export type PhotosResult = { photo_ids: string[] } | FieldError | { kind: "later"; retryAfterSeconds: number | null };

export const deleteDraftPhotos = (photos: DraftPhoto[]) => deletePhotos(photos.map(({ id }) => id));

/** Adds the files that were chosen. Returns why some were not added, or null. */
export async function addPhotos(input: HTMLInputElement, { draft, change }: DraftHolder): Promise<string | null> {
  let problem: string | null = null;
  for (const file of input.files ?? []) {
    const { photos, photos_chosen: n } = draft();
    const picture =
      photos.length < MOST_PHOTOS
        ? await shrink(file)
        : { problem: say("You can add up to {count} photos", { count: MOST_PHOTOS }) };
    if ("problem" in picture) problem = picture.problem;
    else {
      const id = crypto.randomUUID();
      await storePhoto(id, picture);
      change({ photos: [...photos, { id, n, name: file.name }], photos_chosen: n + 1 });
    }
  }
  input.value = "";
  return problem;
}

/** Lists the photos of the draft after the input. */
export async function drawPhotos(input: HTMLInputElement, holder: DraftHolder): Promise<void> {
  const shown = input.parentElement!.querySelector("ol");
  const list = shown ?? element("ol", { class: "app-chosen" });
  if (!shown) input.after(list);
  list.replaceChildren(...(await Promise.all(holder.draft().photos.map(item))));

  async function item(photo: DraftPhoto, index: number): Promise<HTMLElement> {
    const name = say("Photo {number}", { number: index + 1 });
    const remove = actionButton(say("Remove"), () => void removePhoto(photo));
    remove.append(element("span", { class: "govuk-visually-hidden" }, ` ${name}`));
    return element(
      "li",
      {},
      await photoPicture(photo, name),
      element("div", {}, element("p", {}, element("strong", {}, name)), remove),
    );
  }

  async function removePhoto(photo: DraftPhoto): Promise<void> {
    holder.change({ photos: holder.draft().photos.filter(({ id }) => id !== photo.id) });
    await deleteDraftPhotos([photo]);
    await drawPhotos(input, holder);
    focusOn(input);
  }
}

/** Sends the photos; a repeat under the same key sends the same ones. */
export async function sendPhotos(
  { photos, key }: UpdateDraft,
  report: string,
  account: string,
  field: string,
): Promise<PhotosResult> {
  const photo_ids: string[] = [];
  for (const { id, n, name } of photos) {
    const picture = await findPhoto(id);
    if (!picture) return { field, message: say("{name} is no longer saved in this browser. Remove it", { name }) };
    const sent = await sendPhoto(picture, (about) =>
      postAs<Policy>(account, "/api/photos", { ...about, service_request_id: report }, `${key}/${n}`),
    );
    if (sent.kind === "refused")
      return { field, message: say("We cannot use {name}. {reason}", { name, reason: sent.reason ?? UNUSABLE_PHOTO }) };
    if (sent.kind === "later") return sent;
    if (sent.kind !== "sent") return { kind: "later", retryAfterSeconds: null };
    photo_ids.push(sent.policy.photo_id);
  }
  return { photo_ids };
}
