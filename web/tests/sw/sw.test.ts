import { expect, test, vi } from "vitest";
import { newDraft } from "../../src/shared/pending-report.ts";
import { newBrowser } from "../browser.ts";

const ORIGIN = "https://council.example";
/** Not in the program of the pages: its global object is another one. */
const WORKER = "../../src/sw/sw.ts";

interface Shown {
  title: string;
  options: { body: string; tag: string; data: string };
}

const addressed = (name: string) => ({
  options: { applicationServerKey: "key" },
  toJSON: () => ({ endpoint: `https://push.example/${name}`, keys: { p256dh: `${name}-p`, auth: `${name}-a` } }),
});

/** The worker, with pages that are open at these addresses. */
async function worker(...open: string[]) {
  const network = newBrowser({ "/api/subscriptions/moved": {} });
  const listeners: Record<string, (event: object) => void> = {};
  const shown: Shown[] = [];
  const opened: string[] = [];
  const focused: string[] = [];
  vi.stubGlobal("self", {
    addEventListener: (kind: string, listener: (event: object) => void) => (listeners[kind] = listener),
    location: new URL(ORIGIN),
    registration: {
      showNotification: async (title: string, options: Shown["options"]) => void shown.push({ title, options }),
      pushManager: { subscribe: async () => addressed("new") },
    },
    clients: {
      claim: async () => undefined,
      matchAll: async () => open.map((url) => ({ url, focus: async () => void focused.push(url) })),
      openWindow: async (url: string) => void opened.push(url),
    },
  });
  vi.stubGlobal("FILES", []);
  vi.stubGlobal("OTHERS", {});
  await import(/* @vite-ignore */ WORKER);
  async function happens(kind: string, event: object): Promise<void> {
    let done: Promise<unknown> = Promise.resolve();
    listeners[kind]!({ waitUntil: (work: Promise<unknown>) => (done = work), ...event });
    await done;
  }
  return { network, shown, opened, focused, happens };
}

test("a message is shown with its words, and replaces one with the same tag", async () => {
  const { shown, happens } = await worker();
  const message = { title: "Fixed", body: "Pothole", url: "/reports/7K3M", tag: "7K3M" };
  await happens("push", { data: { json: () => message } });
  const { title, body, url, tag } = message;
  expect(shown).toMatchObject([{ title, options: { body, tag, data: url } }]);
});

test.each([
  ["has no words", null],
  ["cannot be read", { json: () => JSON.parse("{") as object }],
])("something is shown when a message %s, as a browser demands it", async (_, data) => {
  const { shown, happens } = await worker();
  await happens("push", { data });
  expect(shown).toMatchObject([{ title: "News from your council", options: { data: "/" } }]);
});

const clicked = (data: string) => ({ notification: { data, close: vi.fn() } });

test("a notification that is clicked opens its page, and goes away", async () => {
  const { opened, happens } = await worker(`${ORIGIN}/`);
  const event = clicked("/reports/7K3M");
  await happens("notificationclick", event);
  expect(opened).toEqual([`${ORIGIN}/reports/7K3M`]);
  expect(event.notification.close).toHaveBeenCalledOnce();
});

test("a page that is open already is brought to the front", async () => {
  const there = `${ORIGIN}/reports/7K3M#updates`;
  const { opened, focused, happens } = await worker(`${ORIGIN}/`, there);
  await happens("notificationclick", clicked("/reports/7K3M"));
  expect([opened, focused]).toEqual([[], [there]]);
});

test("no other site is opened", async () => {
  const { opened, happens } = await worker();
  await happens("notificationclick", clicked("https://elsewhere.example/"));
  expect(opened).toEqual([]);
});

test("the API is told the new address when the browser has dropped the old one", async () => {
  const { network, happens } = await worker();
  await happens("pushsubscriptionchange", { oldSubscription: addressed("old") });
  const [asked] = network.of("/api/subscriptions/moved");
  expect(asked).toMatchObject({
    method: "POST",
    body: {
      old: { endpoint: "https://push.example/old", p256dh: "old-p", auth: "old-a" },
      push: { endpoint: "https://push.example/new", p256dh: "new-p", auth: "new-a" },
    },
  });
});

test("nothing is sent when the browser does not know the address that it dropped", async () => {
  const { network, happens } = await worker();
  await happens("pushsubscriptionchange", { oldSubscription: null });
  expect(network.asked).toEqual([]);
});

test("a report that was sent is announced in the language of its page, and sent in that language", async () => {
  const { network, shown, happens } = await worker();
  vi.stubGlobal("Notification", { permission: "granted" });
  network.answer("/api/reports", () => Response.json({ service_request_id: "7K3M2QXV9HTD", tracking_url: "" }));
  const { save } = await import("../../src/features/report/outbox.ts");
  const texts = {
    language: "cy",
    sent: "Rydym wedi anfon eich adroddiad",
    sent_details: "Twll yn y ffordd. Eich cyfeirnod yw {reference}.",
    signed_out: "",
    photo_lost: "",
    photo_refused: "",
    photo_unusable: "",
  };
  const plain = { title: "Twll yn y ffordd", where: "", account: "", device: "phone-1", for_other: false };
  const content = { draft: newDraft(), body: {}, photos: [] };
  await save({ key: "a", seq: 1, at: Date.now(), ...plain, texts, attention: null, sent: null, content });
  await happens("sync", {});
  expect(shown).toMatchObject([
    { title: texts.sent, options: { body: "Twll yn y ffordd. Eich cyfeirnod yw 7K3M-2QXV-9HTD." } },
  ]);
  expect(network.of("/api/reports")[0]!.headers.get("Accept-Language")).toBe("cy");
});

/** A form as the browser sends it, from the page at that address. */
function posted(path: string, typed: Record<string, string | File>, referrer = ""): Request {
  const body = new FormData();
  for (const [name, value] of Object.entries(typed)) body.append(name, value);
  const request = new Request(ORIGIN + path, { method: "POST", body });
  Object.defineProperties(request, { mode: { value: "navigate" }, referrer: { value: referrer } });
  return request;
}

test("photos that a page of another site posts are not taken", async () => {
  const { happens } = await worker();
  const answers: Promise<Response>[] = [];
  const respondWith = (answer: Promise<Response>) => void answers.push(answer);
  const photo = new File(["x"], "a.jpg", { type: "image/jpeg" });
  for (const from of ["https://elsewhere.example/", "", "android-app://gallery"])
    await happens("fetch", { request: posted("/share/", { photos: photo }, from), respondWith });
  const led = await Promise.all(answers.map(async (answer) => (await answer).headers.get("location")));
  expect(led).toEqual(["", "?shared", "?shared"].map((query) => `${ORIGIN}/report/${query}`));
});
