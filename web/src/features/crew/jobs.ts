/**
 * Stored jobs, in addition to the day's document: the answer to a sent operation can be newer than the document, and a
 * removed job is kept for its operations.
 */
import { phoneStore } from "../../shared/phone-store.ts";
import type { Job } from "./model.ts";

const DATABASE = "crew_jobs";
const STORE = "jobs";
const OLD_MS = 2 * 24 * 3600 * 1000;

interface StoredJob {
  job_id: string;
  job: Job;
  at: number;
}

const { run } = phoneStore(() => indexedDB.open(DATABASE, 1), STORE, "job_id");

/** Stores a job, unless a newer one is stored or the phone is full. The service sends it again later. */
export async function storeJob(job: Job): Promise<void> {
  const known = await run<StoredJob | undefined>("readonly", (store) => store.get(job.job_id)).catch(() => undefined);
  if (known && known.job.version > job.version) return;
  await run("readwrite", (store) => store.put({ job_id: job.job_id, job, at: Date.now() } satisfies StoredJob)).catch(
    () => undefined,
  );
}

export async function readJobs(): Promise<Map<string, Job>> {
  const all = await run<StoredJob[]>("readonly", (store) => store.getAll()).catch(() => []);
  return new Map(all.map(({ job_id, job }) => [job_id, job]));
}

export async function deleteJobs(): Promise<void> {
  await run("readwrite", (store) => store.clear());
}

export async function deleteOldJobs(): Promise<void> {
  const all = await run<StoredJob[]>("readonly", (store) => store.getAll());
  for (const { job_id } of all.filter(({ at }) => Date.now() - at > OLD_MS))
    await run("readwrite", (store) => store.delete(job_id));
}
