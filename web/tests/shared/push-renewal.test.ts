/** The alerts of a browser follow it to its new push address. */
import "fake-indexeddb/auto";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { forgetAddress, keepAddress, keptAddress } from "../../src/shared/kept-push-address.ts";
import { renewAddress } from "../../src/shared/push-renewal.ts";

const address = (number: number) => ({ endpoint: `https://push.example/${number}`, p256dh: "p", auth: "a" });
const subscription = (number: number) => ({
  endpoint: address(number).endpoint,
  toJSON: () => ({ endpoint: address(number).endpoint, keys: { p256dh: "p", auth: "a" } }),
  options: { applicationServerKey: new ArrayBuffer(1) },
  unsubscribe: async () => true,
});
const known = (number: number) => subscription(number) as unknown as PushSubscription;
const kept = async () => (await keptAddress())?.endpoint ?? null;

/** A browser with the subscription of that number, null if it has lost it; a new one has the number 9. */
function manager(present: number | null): PushManager {
  return {
    getSubscription: async () => (present === null ? null : subscription(present)),
    subscribe: async () => subscription(9),
  } as unknown as PushManager;
}

const told: unknown[] = [];
let status = 200;

beforeEach(() => {
  told.length = 0;
  status = 200;
  vi.stubGlobal("fetch", async (url: string, { body }: { body: string }) => {
    told.push([url, JSON.parse(body)]);
    return new Response(JSON.stringify({ moved: 1 }), { status, headers: { "Content-Type": "application/json" } });
  });
});
afterEach(() => forgetAddress());

const moved = (from: number, to: number) => ["/api/subscriptions/moved", { old: address(from), push: address(to) }];

test("the first visit remembers the address, and an unchanged one is not told", async () => {
  await renewAddress(manager(1));
  await renewAddress(manager(1));
  expect([await kept(), told]).toEqual([address(1).endpoint, []]);
});

test("a new address is told with the old one, once", async () => {
  await keepAddress(known(1));
  await renewAddress(manager(2));
  await renewAddress(manager(2));
  expect([await kept(), told]).toEqual([address(2).endpoint, [moved(1, 2)]]);
});

test("a browser that lost its address gets a new one", async () => {
  await keepAddress(known(1));
  await renewAddress(manager(null));
  expect(told).toEqual([moved(1, 9)]);
});

test("a change that could not be told is told on the next visit", async () => {
  await keepAddress(known(1));
  status = 503;
  await renewAddress(manager(2));
  status = 200;
  await renewAddress(manager(2));
  expect([await kept(), told]).toEqual([address(2).endpoint, [moved(1, 2), moved(1, 2)]]);
});

test("a browser without alerts is not subscribed", async () => {
  await renewAddress(manager(null));
  expect([await kept(), told]).toEqual([null, []]);
});

test("who ended notifications is not subscribed again", async () => {
  await keepAddress(known(1));
  await forgetAddress();
  await renewAddress(manager(null));
  expect([await kept(), told]).toEqual([null, []]);
});
