import { beforeEach, expect, test, vi } from "vitest";
import { startWorker } from "../../src/shared/worker-update.ts";

class Worker extends EventTarget {
  posted: unknown[] = [];
  postMessage(message: unknown): void {
    this.posted.push(message);
  }
}

class Registration extends EventTarget {
  waiting: Worker | null = null;
  installing: Worker | null = null;
}

let container: EventTarget & { controller: Worker | null; register(): Promise<Registration> };
let registration: Registration;
const reload = vi.fn();
const ready = vi.fn<(reload: () => void) => void>();

beforeEach(() => {
  vi.clearAllMocks();
  registration = new Registration();
  container = Object.assign(new EventTarget(), { controller: new Worker(), register: async () => registration });
  vi.stubGlobal("navigator", { serviceWorker: container });
  vi.stubGlobal("location", { reload });
});

const start = () => startWorker("/sw.js", {}, ready);

/** A new version that is installed while the page is open. */
function install(): Worker {
  const worker = new Worker();
  registration.installing = worker;
  registration.dispatchEvent(new Event("updatefound"));
  registration.waiting = worker;
  worker.dispatchEvent(new Event("statechange"));
  return worker;
}

test("a new version is offered once it waits, and takes over only when it is accepted", async () => {
  await start();
  expect(ready).not.toHaveBeenCalled();
  const worker = install();
  expect([ready.mock.calls.length, worker.posted, reload.mock.calls.length]).toEqual([1, [], 0]);
  ready.mock.calls[0]![0]();
  expect(worker.posted).toEqual(["take-over"]);
  expect(reload).not.toHaveBeenCalled();
  container.dispatchEvent(new Event("controllerchange"));
  expect(reload).toHaveBeenCalledOnce();
});

test("a version that waits already is offered when the page opens", async () => {
  registration.waiting = new Worker();
  await start();
  expect(ready).toHaveBeenCalledOnce();
});

test("a page is not reloaded when another tab accepts the new version, but may be", async () => {
  await start();
  container.dispatchEvent(new Event("controllerchange"));
  expect(reload).not.toHaveBeenCalled();
  ready.mock.calls[0]![0]();
  expect(reload).toHaveBeenCalledOnce();
});

test("the first version is not offered, because the page is of that version", async () => {
  container.controller = null;
  await start();
  install();
  container.dispatchEvent(new Event("controllerchange"));
  expect(ready).not.toHaveBeenCalled();
});

test.each([
  ["has no service workers", () => vi.stubGlobal("navigator", {})],
  ["refuses them", () => (container.register = () => Promise.reject(new Error("private window")))],
])("nothing happens in a browser that %s", async (_, without) => {
  without();
  await expect(start()).resolves.toBeUndefined();
  expect(ready).not.toHaveBeenCalled();
});
