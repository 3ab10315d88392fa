/** When a page sends what waits: on events, and while it is visible with growing pauses if nothing answers. */
import type { FlushResult } from "./queue.ts";

const FIRST_WAIT_MS = 5_000;
const LONGEST_WAIT_MS = 300_000;

export interface Sender {
  /** Sends now. If it is sending already, it sends once more after that, because new items may have come too late. */
  now(): Promise<void>;
  /** Sends now, and again when the page is shown or online. */
  start(): void;
}

/** `attempt` never fails. While it answers `empty`, it runs again after `pollMs`; null to wait for an event. */
export function createSender(attempt: () => Promise<FlushResult>, pollMs: number | null): Sender {
  let running: Promise<void> | null = null;
  let again = false;
  let timer: number | undefined;
  let wait = FIRST_WAIT_MS;

  function now(): Promise<void> {
    again = running !== null;
    running ??= sendOnce().finally(() => {
      running = null;
      if (again) void now();
    });
    return running;
  }

  async function sendOnce(): Promise<void> {
    clearTimeout(timer);
    const next = await attempt();
    wait = next.kind === "later" ? Math.min(wait * 2, LONGEST_WAIT_MS) : FIRST_WAIT_MS;
    const pause = next.kind === "later" ? (next.retryAfterSeconds ?? wait / 2000) * 1000 : pollMs;
    if (pause !== null) timer = window.setTimeout(nowIfVisible, Math.min(pause, LONGEST_WAIT_MS));
  }

  function nowIfVisible(): void {
    if (document.visibilityState === "visible") void now();
  }

  return {
    now,
    start() {
      addEventListener("online", () => void now());
      document.addEventListener("visibilitychange", nowIfVisible);
      void now();
    },
  };
}

/** Asks the browser to send after the page is closed, if it can. */
export async function sendInBackground(scope: string, tag: string): Promise<void> {
  const worker = (await navigator.serviceWorker?.getRegistration(scope)) as
    (ServiceWorkerRegistration & { sync?: { register(tag: string): Promise<void> } }) | undefined;
  await worker?.sync?.register(tag).catch(() => undefined);
}
