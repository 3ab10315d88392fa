/** The app's state: the day from the service, with this phone's waiting operations on top. */
import { storedValue } from "../../shared/kept-value.ts";
import { isoDay } from "../../shared/dates.ts";
import type { Account } from "../../shared/session.ts";
import { type KeptDay, readDay } from "./days.ts";
import { knownJobs } from "./jobs.ts";
import { ENDED, type Dispute, type Item, type Job, type JobState, LEADS_TO } from "./model.ts";
import { items } from "./outbox.ts";
import { NONE, readRounds, type Rounds } from "./rounds/state.ts";

/** The list that this phone shows, and its account. Without a day, it is today's list. */
export interface Choice {
  account: string;
  crew: string;
  name: string;
  day: string | null;
  time_zone: string;
}

/** A job with its waiting operations; `gone` is the reason why it was removed from the list. */
export interface Shown {
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
  kept: KeptDay | null;
  shown: Shown[];
  /** Jobs of the day before, for crews that work past midnight. */
  earlier: Shown[];
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

const MOVED = "The office removed it from your list.";

export const choiceOf = storedValue<Choice>(
  () => localStorage,
  "ginnel.crew",
  ({ account, crew, name, time_zone }) => [account, crew, name, time_zone].every((each) => typeof each === "string"),
);

export const state: State = {
  choice: choiceOf.read(),
  kept: null,
  shown: [],
  earlier: [],
  rounds: NONE,
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

export function changed(changes: Partial<State> = {}): void {
  Object.assign(state, changes);
  for (const listener of listeners) listener();
}

/** Like 2026-05-03. */
export function dayOf({ day, time_zone }: Choice): string {
  return day ?? isoDay(new Date(), time_zone);
}

/** Computed by the calendar, because days with a clock change are not 24 hours long. */
function yesterdayOf(choice: Choice): string {
  const noon = new Date(`${dayOf(choice)}T12:00Z`);
  noon.setUTCDate(noon.getUTCDate() - 1);
  return isoDay(noon, "UTC");
}

/** Reads the stored data again. */
export async function reload(): Promise<void> {
  const { choice } = state;
  const [kept, before, known, waiting, rounds] = await Promise.all([
    choice ? readDay(choice.crew, dayOf(choice)) : null,
    choice?.day === null ? readDay(choice.crew, yesterdayOf(choice)) : null,
    knownJobs(),
    items(),
    choice ? readRounds(dayOf(choice)) : NONE,
  ]);
  const shownAll = (of: KeptDay | null) => (of ? shownOf(of, known, waiting) : []);
  changed({ kept, items: waiting, rounds, shown: shownAll(kept), earlier: shownAll(before) });
}

/** The day's jobs in order, then removed jobs that are stored here. */
function shownOf({ document, changes }: KeptDay, known: Map<string, Job>, waiting: Item[]): Shown[] {
  const here = document.jobs.map((job, index) => {
    const newer = known.get(job.job_id);
    return asShown(newer && newer.version > job.version ? newer : job, job.position ?? index + 1, null, waiting);
  });
  const listed = new Set(document.jobs.map(({ job_id }) => job_id));
  const because = new Map([
    ...changes.map(({ job_id, because }) => [job_id, because] as const),
    ...document.gone.map((each) => [each.job_id, each.because] as const),
  ]);
  const told = [...new Set([...document.gone, ...changes].map(({ job_id }) => job_id))];
  const gone = told.filter((id) => !listed.has(id)).flatMap((id) => known.get(id) ?? []);
  return [...here, ...gone.map((job) => asShown(job, null, because.get(job.job_id) || MOVED, waiting))];
}

function asShown(job: Job, number: number | null, gone: string | null, waiting: Item[]): Shown {
  const own = waiting.filter(({ job_id }) => job_id === job.job_id);
  const state = own.reduce<JobState>(
    (before, { kind, attention }) => (attention === null ? LEADS_TO[kind] : undefined) ?? before,
    job.state,
  );
  return { job, number, state, waiting: own, dispute: job.disputes.find(({ settled }) => !settled) ?? null, gone };
}

export function findShown(jobId: string): Shown | null {
  return [...state.shown, ...state.earlier].find(({ job }) => job.job_id === jobId) ?? null;
}

export const isToDo = (shown: Shown) => shown.gone === null && !ENDED.includes(shown.state);

export function leftToDo(): Shown[] {
  return state.shown.filter(isToDo);
}

export const needingAttention = () => state.items.filter(({ attention }) => attention !== null);

/** Whether another account recorded the item; it is sent when that person signs in again. */
export function isOthers(item: Item): boolean {
  return typeof state.who === "object" && item.account !== state.who.account_id;
}

/** The account that new operations are recorded for. */
export const whoSpeaks = () => (typeof state.who === "object" ? state.who.account_id : state.choice!.account);

/** Forgets which list this phone shows. */
export function letGo(): void {
  choiceOf.forget();
  changed({ choice: null, kept: null, shown: [], earlier: [], rounds: NONE });
}

export async function choose(choice: Choice): Promise<void> {
  choiceOf.write(choice);
  changed({ choice });
  await reload();
}
