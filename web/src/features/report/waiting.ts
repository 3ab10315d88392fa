/** The step that lists the reports and updates that wait on this device, to send, change or delete them. */
import { onOutboxChange, notifyOutboxChange, sendWaiting } from "../app/outbox-notices.ts";
import { momentText } from "../../shared/dates.ts";
import { actionButton, byId, element, focusOn } from "../../shared/dom.ts";
import { openDraft } from "../../shared/stored-draft.ts";
import type { Draft } from "../../shared/pending-report.ts";
import { type UpdateDraft, updateDraftName } from "../../shared/pending-update.ts";
import { say, sayMany } from "../../shared/say.ts";
import { replaceDraft } from "./draft.ts";
import { change, discard, items, save, KEPT_DAYS, deleteSent, remove, type WaitingReport } from "./outbox.ts";
import { type Receipt, rememberSent } from "./sent-reports.ts";
import { goTo } from "./steps.ts";

const list = byId("waiting-list");
const status = byId("waiting-status");
/** The report whose deletion has to be confirmed. */
let confirmingKey: string | null = null;
let drawn = "";
/** The report that this page put into the outbox last. */
let ownKey: string | null = null;

export function start(): void {
  onOutboxChange(() => void showSentOrDraw());
}

export async function enter(): Promise<void> {
  await drawList();
  void sendWaiting();
}

/** Shows the confirmation instead of this step once the report with that key is sent. */
export function confirmWhenSent(key: string): void {
  ownKey = key;
}

async function showSentOrDraw(): Promise<void> {
  const mine = (await items().catch(() => [])).find(({ key }) => key === ownKey);
  if (!mine?.sent || location.hash !== "#waiting") return drawList();
  const { key, account, for_other, sent } = mine;
  ownKey = null;
  rememberSent({ receipt: sent as Receipt, key, account: account ?? "", for_other, at: Date.now() });
  await deleteSent(key);
  notifyOutboxChange();
  goTo("sent");
}

async function drawList(): Promise<void> {
  const waiting = (await items().catch(() => [])).filter(({ sent }) => !sent);
  const words = statusText(waiting);
  if (status.textContent !== words) status.textContent = words;
  // An unchanged list keeps the focus.
  const state = JSON.stringify([confirmingKey, ...waiting.map(({ key, attention }) => [key, attention])]);
  if (state === drawn) return;
  drawn = state;
  list.replaceChildren(...waiting.map(waitingEntry));
}

function statusText(waiting: WaitingReport[]): string {
  const ready = waiting.filter(({ attention }) => attention === null);
  if (!waiting.length) return say("There is nothing waiting to be sent.");
  if (!ready.length) return say("We could not send what you wrote.");
  const when = say(" If you close this page, open it again when you have a connection.");
  return savedText(ready) + ("SyncManager" in window ? "" : when);
}

function savedText(ready: WaitingReport[]): string {
  const days = KEPT_DAYS;
  if (!ready.some(({ update_of }) => update_of))
    return sayMany(
      ready.length,
      "Your report is saved on this device for up to {days} days. We'll send it when you have a connection.",
      "{count} reports are saved on this device for up to {days} days. We'll send them when you have a connection.",
      { days },
    );
  return sayMany(
    ready.length,
    "Your update is saved on this device for up to {days} days. We'll send it when you have a connection.",
    "{count} reports and updates are saved on this device for up to {days} days. We'll send them when you have a connection.",
    { days },
  );
}

function waitingEntry(item: WaitingReport): HTMLElement {
  const { title, where, at, attention, content } = item;
  const draft = content?.draft;
  return element(
    "li",
    { class: "app-card" },
    element("h2", {}, item.update_of ? say("Update: {title}", { title }) : title),
    ...(where ? [element("p", { class: "app-prose", dir: "auto" }, where)] : []),
    element(
      "p",
      { class: "app-prose", dir: "auto" },
      draft && "text" in draft ? draft.text : (draft?.description ?? ""),
    ),
    ...(content?.photos.length ? [element("p", {}, sayMany(content.photos.length, "1 photo", "{count} photos"))] : []),
    element("p", { class: "app-muted" }, say("Saved on {moment}", { moment: momentText(at) })),
    ...(attention === null ? [] : [element("p", { class: "app-fault" }, attention)]),
    element(
      "div",
      { class: "app-buttons" },
      ...(confirmingKey === item.key ? confirmButtons(item) : itemButtons(item)),
    ),
  );
}

function itemButtons({ key }: WaitingReport): HTMLElement[] {
  return [
    actionButton(say("Try now"), () => void tryNow(key)),
    actionButton(say("Edit"), () => void editItem(key)),
    actionButton(say("Delete"), () => void askToDelete(key)),
  ];
}

function confirmButtons({ key }: WaitingReport): HTMLElement[] {
  return [
    element("p", {}, say("You cannot undo this.")),
    actionButton(say("Yes, delete it"), () => void deleteItem(key)),
    actionButton(say("No, keep it"), () => void askToDelete(null)),
  ];
}

async function askToDelete(key: string | null): Promise<void> {
  confirmingKey = key;
  await drawList();
  focusOn(list.querySelector<HTMLElement>(".app-buttons button:last-of-type") ?? status);
}

async function deleteItem(key: string): Promise<void> {
  confirmingKey = null;
  await discard(key);
  notifyOutboxChange();
  focusOn(status);
}

async function tryNow(key: string): Promise<void> {
  status.textContent = say("Sending…");
  await change(key, async (item) => {
    if (item.attention !== null) await save({ ...item, attention: null });
  });
  await sendWaiting();
  await drawList();
}

/** Makes it the draft again, under the same key: if it arrived already, the service says so. */
async function editItem(key: string): Promise<void> {
  let taken: WaitingReport | null = null;
  await change(key, async (item) => {
    if (!item.content) return;
    await restore(item.content.draft, item.update_of);
    await remove(key);
    taken = item;
  });
  notifyOutboxChange();
  const update = (taken as WaitingReport | null)?.update_of;
  if (update) location.assign(`/reports/${update}#update-form`);
  else if (taken) goTo("check");
}

async function restore(draft: Draft | UpdateDraft, update?: string): Promise<void> {
  if (!update) return replaceDraft(draft as Draft);
  const kept = await openDraft<UpdateDraft>(updateDraftName(update));
  kept.putAside();
  await kept.save(draft as UpdateDraft);
}
