/** What residents sent is on the phone for as long as a crew needs it, and no longer. */
import { forgetDays, forgetOldDays, keptDays } from "./days.ts";
import { openDrafts } from "./drafts.ts";
import { forgetJobs, forgetOldJobs, knownJobs } from "./jobs.ts";
import { forgetPhotos } from "./kept-files.ts";
import { items } from "./outbox.ts";
import { dropPhotosBut } from "./photos.ts";

/** All lists, with what belongs to them; what waits to be sent stays. */
export async function forgetLists(): Promise<void> {
  await Promise.all([forgetDays(), forgetJobs(), forgetPhotos()]);
}

/** Lists of days that are over, and pictures that belong to nothing any more. */
export async function tidy(): Promise<void> {
  await Promise.all([forgetOldDays(), forgetOldJobs()]);
  const jobs = [...(await keptDays()).flatMap(({ document }) => document.jobs), ...(await knownJobs()).values()];
  await forgetPhotos(new Set(jobs.flatMap(({ photos_before, deeds }) => [...photos_before, ...deeds.flatMap(({ photos }) => photos)].map(({ photo_id }) => photo_id))));
  const waiting = (await items()).flatMap(({ photos }) => photos.map(({ id }) => id));
  const begun = (await openDrafts()).flatMap(({ photos }) => photos);
  await dropPhotosBut(new Set([...waiting, ...begun]));
}
