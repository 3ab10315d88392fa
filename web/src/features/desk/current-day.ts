/** The day that the page shows, with each crew's jobs. */
import type { Outcome } from "../../shared/api.ts";
import { call } from "../../shared/session.ts";
import type { Crew, Job } from "../crew/model.ts";

export interface DayJob extends Job {
  team: string;
}

export interface CrewLoad {
  crew: string;
  name: string;
  team: string;
  jobs: number;
  done: number;
  minutes_planned: number;
  minutes_shift: number;
  late: number;
  minutes_over: number;
}

export interface UnplannedJob {
  job_id: string;
  because: string;
}

export interface CrewPlan {
  crew: string;
  job_ids: string[];
  minutes_working: number;
  minutes_driving: number;
}

export const dayPage = {
  date: "",
  team: "",
  zone: undefined as string | undefined,
  crews: [] as Crew[],
  loads: [] as CrewLoad[],
  jobs: [] as DayJob[],
  /** Each crew's driving time, if the day was planned or ordered on this page. */
  driving: new Map<string, number>(),
};

interface JobPage {
  items: DayJob[];
  next: string | null;
}

/** The jobs of a crew's day, in order. */
export const jobsOf = (crew: string) =>
  dayPage.jobs
    .filter((job) => job.crew === crew && job.state !== "cancelled")
    .sort((one, other) => (one.position ?? 0) - (other.position ?? 0));

/** Reads all pages of matching jobs. Throws an error with a message if they cannot be read. */
export async function fetchJobs(asked: Record<string, string>): Promise<DayJob[]> {
  const found: DayJob[] = [];
  let cursor: string | null = null;
  do {
    const page: Outcome<JobPage> = await call<JobPage>(
      "GET",
      `/api/jobs?${new URLSearchParams(cursor ? { ...asked, cursor } : asked)}`,
    );
    if (page.kind !== "stored") throw new Error("We could not load some jobs. Check your connection and try again.");
    found.push(...page.value.items);
    cursor = page.value.next;
  } while (cursor);
  return found;
}
