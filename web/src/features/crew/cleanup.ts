/** Deletes residents' data from the phone when the crew no longer needs it. */
import { deleteDays, deleteOldDays, readDays } from "./days.ts";
import { readDrafts } from "./drafts.ts";
import { deleteJobs, deleteOldJobs, readJobs } from "./jobs.ts";
import { deletePhotoFiles } from "./stored-files.ts";
import { items } from "./outbox.ts";
import { deletePhotosExcept } from "./photos.ts";
import { deleteOldRounds, deleteRounds } from "./rounds/stored-rounds.ts";

/** Deletes all lists and their files; waiting operations stay. */
export async function deleteLists(): Promise<void> {
  await Promise.all([deleteDays(), deleteJobs(), deletePhotoFiles(), deleteRounds()]);
}

/** Deletes lists of past days, and pictures that are no longer needed. */
export async function deleteOldData(): Promise<void> {
  await Promise.all([deleteOldDays(), deleteOldJobs(), deleteOldRounds()]);
  const jobs = [...(await readDays()).flatMap(({ document }) => document.jobs), ...(await readJobs()).values()];
  await deletePhotoFiles(
    new Set(
      jobs.flatMap(({ photos_before, events }) =>
        [...photos_before, ...events.flatMap(({ photos }) => photos)].map(({ photo_id }) => photo_id),
      ),
    ),
  );
  const waiting = (await items()).flatMap(({ photos }) => photos.map(({ id }) => id));
  const begun = (await readDrafts()).flatMap(({ photos }) => photos);
  await deletePhotosExcept(new Set([...waiting, ...begun]));
}
