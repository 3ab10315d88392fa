/** Starts a report with photos that were shared from another app. */
import { newDraft } from "../../shared/pending-report.ts";
import { replaceDraft } from "./draft.ts";
import { isBegun } from "./flow.ts";
import { addPhoto } from "./photo-add.ts";
import { readFacts } from "./photo-exif.ts";
import { takeShared } from "./shared-photos.ts";

/** An unfinished report stays as it is, to be continued later. `offer` adds a photo and offers its place. */
export async function startWithShared(offer: (photo: File) => Promise<void>): Promise<void> {
  const [first, ...others] = await takeShared();
  if (!first) return;
  if (isBegun()) await replaceDraft(newDraft());
  await offer(first);
  for (const photo of others) await addPhoto(photo, await readFacts(photo).catch(() => ({}))).catch(() => null);
}
