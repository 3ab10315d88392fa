/** Adds a photo to the draft. */
import { changeDraft, currentDraft } from "./draft.ts";
import type { Facts } from "./photo-exif.ts";
import { shrink } from "./photo-shrink.ts";
import { storePhoto } from "./photo-store.ts";
import { say } from "../../shared/say.ts";

export const MOST_PHOTOS = 5;

/** Returns the reason why the photo was not added, or null. */
export async function addPhoto(file: File, facts: Facts): Promise<string | null> {
  if (currentDraft().photos.length >= MOST_PHOTOS) return say("You can add up to {most} photos", { most: MOST_PHOTOS });
  const picture = await shrink(file);
  if ("problem" in picture) return picture.problem;
  const id = crypto.randomUUID();
  await storePhoto(id, picture);
  const { photos, photos_chosen: n } = currentDraft();
  changeDraft({ photos: [...photos, { id, n, name: file.name, ...facts }], photos_chosen: n + 1 });
  return null;
}
