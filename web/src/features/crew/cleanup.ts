/** Deletes residents' data from the phone when the crew no longer needs it. */
import { forgetDays, forgetOldDays, keptDays } from "./days.ts";
import { openDrafts } from "./drafts.ts";
import { forgetJobs, forgetOldJobs, knownJobs } from "./jobs.ts";
import { forgetPhotos } from "./kept-files.ts";
import { items } from "./outbox.ts";
import { dropPhotosBut } from "./photos.ts";
import { forgetOldRounds, forgetRounds } from "./rounds/kept.ts";

/** Deletes all lists and their files; waiting operations stay. */
export async function forgetLists(): Promise<void> {
  await Promise.all([forgetDays(), forgetJobs(), forgetPhotos(), forgetRounds()]);
}

/** Deletes lists of past days, and pictures that are no longer needed. */
export async function tidy(): Promise<void> {
  await Promise.all([forgetOldDays(), forgetOldJobs(), forgetOldRounds()]);
  const jobs = [...(await keptDays()).flatMap(({ document }) => document.jobs), ...(await knownJobs()).values()];
  await forgetPhotos(
    new Set(
      jobs.flatMap(({ photos_before, events }) =>
        [...photos_before, ...events.flatMap(({ photos }) => photos)].map(({ photo_id }) => photo_id),
      ),
    ),
  );
  const waiting = (await items()).flatMap(({ photos }) => photos.map(({ id }) => id));
  const begun = (await openDrafts()).flatMap(({ photos }) => photos);
  await dropPhotosBut(new Set([...waiting, ...begun]));
}
