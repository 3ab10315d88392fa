/** Every test begins on a Tuesday morning, so that none depends on the hour of the day. Timers run as usual, until the test ends. */
import { afterEach, beforeEach, vi } from "vitest";

const start = globalThis.setTimeout;
const timers = new Set<NodeJS.Timeout>();

globalThis.setTimeout = ((...args: Parameters<typeof start>) => {
  const timer = start(...args);
  timers.add(timer);
  return timer;
}) as typeof start;

beforeEach(() => void vi.useFakeTimers({ now: new Date("2026-06-16T09:00:00Z"), toFake: ["Date"] }));

// A retry that is due in some seconds would otherwise run in a later test of a slow machine, without its document.
afterEach(() => {
  timers.forEach(clearTimeout);
  timers.clear();
});
