/** The app's state: the day from the service, with this phone's waiting operations on top. */
import { storedValue } from "../../shared/stored-value.ts";
import { isoDay } from "../../shared/dates.ts";
import type { Account } from "../../shared/session.ts";
import { type StoredDay, readDay } from "./days.ts";
import { readJobs } from "./jobs.ts";
import { ENDED_STATES, type Dispute, type Item, type Job, type JobState, STATE_AFTER } from "./model.ts";
import { items } from "./outbox.ts";
import { NO_ROUNDS, readRounds, type Rounds } from "./rounds/state.ts";

/** The list that this phone shows, and its account. Without a day, it is today's list. */
export interface Choice {
  account: string;
  crew: string;
  name: string;
  day: string | null;
  time_zone: string;
}

/** A job with its waiting operations; `gone` is the reason why it was removed from the list. */
export interface JobView {
  job: Job;
  /** Its number in the day's order, which stays when another job is removed; null if it is removed itself. */
  number: number | null;
  state: JobState;
  waiting: Item[];
  dispute: Dispute | null;
  gone: string | null;
}

export interface State {
  choice: Choice | null;
  storedDay: StoredDay | null;
  jobs: JobView[];
  /** Jobs of the day before, for crews that work past midnight. */
  yesterdaysJobs: JobView[];
  rounds: Rounds;
  /** All waiting operations, in order. */
  items: Item[];
  who: Account | "unknown" | "signed-out";
  /** Why the service refused the list. */
  problem: string | null;
  isOffline: boolean;
  isSyncing: boolean;
  isUpdateReady: boolean;
}

const REMOVED = "The office removed it from your list.";

export const storedChoice = storedValue<Choice>(
  () => localStorage,
  "ginnel.crew",
  ({ account, crew, name, time_zone }) => [account, crew, name, time_zone].every((each) => typeof each === "string"),
);

export const state: State = {
  choice: storedChoice.read(),
  storedDay: null,
  jobs: [],
  yesterdaysJobs: [],
  rounds: NO_ROUNDS,
  items: [],
  who: "unknown",
  problem: null,
  isOffline: !navigator.onLine,
  isSyncing: false,
  isUpdateReady: false,
};

const listeners = new Set<() => void>();

export function onChange(listener: () => void): void {
  listeners.add(listener);
}

export function updateState(changes: Partial<State> = {}): void {
  Object.assign(state, changes);
  for (const listener of listeners) listener();
}

/** Like 2026-05-03. */
export function listedDay({ day, time_zone }: Choice): string {
  return day ?? isoDay(new Date(), time_zone);
}

/** Computed by the calendar, because days with a clock change are not 24 hours long. */
function dayBefore(choice: Choice): string {
  const noon = new Date(`${listedDay(choice)}T12:00Z`);
  noon.setUTCDate(noon.getUTCDate() - 1);
  return isoDay(noon, "UTC");
}

/** Reads the stored data again. */
export async function reload(): Promise<void> {
  const { choice } = state;
  const [storedDay, before, known, waiting, rounds] = await Promise.all([
    choice ? readDay(choice.crew, listedDay(choice)) : null,
    choice?.day === null ? readDay(choice.crew, dayBefore(choice)) : null,
    readJobs(),
    items(),
    choice ? readRounds(listedDay(choice)) : NO_ROUNDS,
  ]);
  const viewsOf = (of: StoredDay | null) => (of ? toJobViews(of, known, waiting) : []);
  updateState({ storedDay, items: waiting, rounds, jobs: viewsOf(storedDay), yesterdaysJobs: viewsOf(before) });
}

/** The day's jobs in order, then removed jobs that are stored here. */
function toJobViews({ document, changes }: StoredDay, known: Map<string, Job>, waiting: Item[]): JobView[] {
  const here = document.jobs.map((job, index) => {
    const newer = known.get(job.job_id);
    return toJobView(newer && newer.version > job.version ? newer : job, job.position ?? index + 1, null, waiting);
  });
  const listed = new Set(document.jobs.map(({ job_id }) => job_id));
  const because = new Map([
    ...changes.map(({ job_id, because }) => [job_id, because] as const),
    ...document.gone.map((each) => [each.job_id, each.because] as const),
  ]);
  const told = [...new Set([...document.gone, ...changes].map(({ job_id }) => job_id))];
  const gone = told.filter((id) => !listed.has(id)).flatMap((id) => known.get(id) ?? []);
  return [...here, ...gone.map((job) => toJobView(job, null, because.get(job.job_id) || REMOVED, waiting))];
}

function toJobView(job: Job, number: number | null, gone: string | null, waiting: Item[]): JobView {
  const own = waiting.filter(({ job_id }) => job_id === job.job_id);
  const state = own.reduce<JobState>(
    (before, { kind, attention }) => (attention === null ? STATE_AFTER[kind] : undefined) ?? before,
    job.state,
  );
  return { job, number, state, waiting: own, dispute: job.disputes.find(({ settled }) => !settled) ?? null, gone };
}

export function findJobView(jobId: string): JobView | null {
  return [...state.jobs, ...state.yesterdaysJobs].find(({ job }) => job.job_id === jobId) ?? null;
}

export const isToDo = (shown: JobView) => shown.gone === null && !ENDED_STATES.includes(shown.state);

export function jobsToDo(): JobView[] {
  return state.jobs.filter(isToDo);
}

export const itemsNeedingAttention = () => state.items.filter(({ attention }) => attention !== null);

/** Whether another account recorded the item; it is sent when that person signs in again. */
export function isFromOtherAccount(item: Item): boolean {
  return typeof state.who === "object" && item.account !== state.who.account_id;
}

/** The account that new operations are recorded for. */
export const recordingAccount = () => (typeof state.who === "object" ? state.who.account_id : state.choice!.account);

/** Forgets which list this phone shows. */
export function clearChoice(): void {
  storedChoice.forget();
  updateState({ choice: null, storedDay: null, jobs: [], yesterdaysJobs: [], rounds: NO_ROUNDS });
}

export async function saveChoice(choice: Choice): Promise<void> {
  storedChoice.write(choice);
  updateState({ choice });
  await reload();
}
