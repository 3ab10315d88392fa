/** Starts a report with photos that were shared from another app. */
import { newDraft } from "../../shared/pending-report.ts";
import { replaceDraft } from "./draft.ts";
import { hasContent } from "./flow.ts";
import { addPhoto } from "./photo-add.ts";
import { readFacts } from "./photo-exif.ts";
import { takeSharedPhotos } from "./shared-photos.ts";

/**
 * Returns the first photo, whose place the page offers; the others are in the draft. An unfinished report stays as it
 * is, to be continued later.
 */
export async function startWithShared(): Promise<File | undefined> {
  const [first, ...others] = await takeSharedPhotos();
  if (first && hasContent()) await replaceDraft(newDraft());
  for (const photo of others) await addPhoto(photo, await readFacts(photo).catch(() => ({}))).catch(() => null);
  return first;
}
