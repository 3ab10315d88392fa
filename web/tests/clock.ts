/** Every test begins on a Tuesday morning, so that none depends on the hour of the day; timers run as usual. */
import { beforeEach, vi } from "vitest";

beforeEach(() => void vi.useFakeTimers({ now: new Date("2026-06-16T09:00:00Z"), toFake: ["Date"] }));
