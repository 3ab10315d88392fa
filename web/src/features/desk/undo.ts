/**
 * The officer's last change, which can be undone for some minutes, on any page of the desk. Names the case, because the
 * page may show another one.
 */
import { byId, element, focusOn, show, whileBusy } from "../../shared/dom.ts";
import { storedValue } from "../../shared/stored-value.ts";
import { faultOf } from "../../shared/fault.ts";
import { call } from "../../shared/session.ts";
import type { UndoOffer } from "./model.ts";
import { caseAddress, countText, reference } from "./words.ts";

interface StoredUndo {
  undo_id: string;
  what: string;
  /** The case's id; empty for several cases. */
  id: string;
  ends: number;
}

interface UndoneItem {
  service_request_id: string;
  result: "undone" | "partly" | "not_undone";
  because: string | null;
  restored: string[];
  not_restored: string[];
}

const PARTS: Record<string, string> = {
  reply: "the reply",
  question: "the question",
  photos: "which photos are shown",
  visibility: "who can see it",
  timeline: "text in the timeline",
  answers: "the text of an answer",
  attributes: "the answers to the service’s questions",
  contact: "the reporter’s details",
  asset_id: "the asset",
  flags: "the flags",
  attention: "the reasons that need attention",
  text_review: "the decision about a contractor’s or another system’s text",
};
const storedUndo = storedValue<StoredUndo>(
  () => sessionStorage,
  "ginnel.desk-undo",
  ({ undo_id, what, id, ends }) =>
    [undo_id, what, id].every((each) => typeof each === "string") && Number.isFinite(ends),
);
const box = byId("undo");
const message = byId("undo-message");
const countdown = byId("undo-countdown");
const button = byId<HTMLButtonElement>("undo-button");
let reload: () => Promise<unknown> = async () => undefined;
let timer: number | undefined;

button.addEventListener("click", () => void undoChange());
byId("undo-close").addEventListener("click", () => {
  storedUndo.forget();
  drawMessage([]);
});

/** Shows an undo that is left from the page before; `changed` reads the page again. */
export function startUndo(changed: () => Promise<unknown>): void {
  reload = changed;
  const before = storedUndo.read();
  if (before) drawMessage(messageFor(before.what, before.id));
}

/**
 * Shows what was done to that case, or to several if the id is empty. `asked` is when it was first sent, by this
 * browser's clock, which may differ from the service's: the time to undo it starts then.
 */
export function offerUndo({ undo_id, undo_within_s }: UndoOffer, what: string, id: string, asked: number): void {
  if (undo_id && undo_within_s) storedUndo.write({ undo_id, what, id, ends: asked + undo_within_s * 1000 });
  else storedUndo.forget();
  drawMessage(messageFor(what, id));
}

/** Shows what was done, without an undo. */
export function showMessage(what: string): void {
  storedUndo.forget();
  drawMessage([what]);
}

function messageFor(what: string, id: string): (Node | string)[] {
  return id ? [linkTo(id), `: ${what}`] : [what];
}

function drawMessage(saying: (Node | string)[]): void {
  window.clearInterval(timer);
  message.replaceChildren(...saying);
  show(box, saying.length > 0);
  if (storedUndo.read()) timer = window.setInterval(updateCountdown, 1000);
  updateCountdown();
}

function updateCountdown(): void {
  const seconds = Math.ceil(((storedUndo.read()?.ends ?? 0) - Date.now()) / 1000);
  const isOpen = seconds > 0;
  show(button, isOpen);
  show(countdown, isOpen);
  countdown.textContent = isOpen ? `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")} left` : "";
  if (isOpen || !storedUndo.read()) return;
  storedUndo.forget();
  drawMessage([]);
}

async function undoChange(): Promise<void> {
  const { undo_id } = storedUndo.read()!;
  const outcome = await whileBusy(box, () => call<{ items: UndoneItem[] }>("POST", `/api/undo/${undo_id}`));
  if (outcome.kind === "later") return message.replaceChildren(faultOf(outcome));
  storedUndo.forget();
  if (outcome.kind === "refused") drawMessage([faultOf(outcome)]);
  else {
    drawMessage(resultMessage(outcome.value.items));
    await reload();
  }
  focusOn(message);
}

function resultMessage(items: UndoneItem[]): (Node | string)[] {
  const undone = items.filter(({ result }) => result === "undone");
  const [first] = items;
  if (!first) return ["Nothing was changed, so there is nothing to undo."];
  if (items.length === 1) return lineOf(first);
  if (undone.length === items.length) return [`Undone for ${countText(items.length, "case")}.`];
  const others = items.filter(({ result }) => result !== "undone").map((each) => element("li", {}, ...lineOf(each)));
  return [
    `Undone for ${countText(undone.length, "case")}, but not for ${others.length}:`,
    element("ul", { class: "govuk-list" }, ...others),
  ];
}

function lineOf({ service_request_id: id, result, restored, not_restored, because }: UndoneItem): (Node | string)[] {
  const link = linkTo(id);
  if (result === "undone") return [link, `: change undone. Restored: ${partNames(restored)}.`];
  const back = restored.length ? ` Restored: ${partNames(restored)}.` : "";
  return [link, `:${back} Not restored: ${partNames(not_restored)}. ${because ?? ""}`];
}

// With a class of its own: other links are dark.
const linkTo = (id: string) =>
  element("a", { class: "desk-undo__case", href: caseAddress(id) }, "Case ", reference(id));

const partNames = (parts: string[]) => parts.map((part) => PARTS[part] ?? `the ${part}`).join(", ");
