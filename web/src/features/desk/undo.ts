/** The last change, which can be taken back for some minutes, on whichever page of the desk she is by then. */
import { byId, element, focusOn, show, whileBusy } from "../../shared/dom.ts";
import { keptValue } from "../../shared/kept-value.ts";
import { call, faultsOf } from "../../shared/session.ts";
import { caseAddress, countText, reference } from "./words.ts";

interface Kept {
  undo_id: string;
  what: string;
  ends: number;
}

interface Undone {
  items: { service_request_id: string; result: "undone" | "partly" | "not_undone"; because: string | null }[];
}

const LASTS_MS = 5 * 60 * 1000;
const kept = keptValue<Kept>(
  () => sessionStorage,
  "ginnel.desk-undo",
  ({ undo_id, what, ends }) => [undo_id, what].every((each) => typeof each === "string") && Number.isFinite(ends),
);
const box = byId("undo");
const said = byId("undo-said");
const left = byId("undo-left");
const button = byId<HTMLButtonElement>("undo-button");
let after: () => Promise<unknown> = async () => undefined;
let clock: number | undefined;

button.addEventListener("click", () => void undo());
byId("undo-close").addEventListener("click", () => {
  kept.forget();
  draw("");
});

/** Shows what is left from the page before; `changed` reads anew what the page shows. */
export function startUndo(changed: () => Promise<unknown>): void {
  after = changed;
  if (kept.read()) draw(kept.read()!.what);
}

/** Says what was done. Counted by this browser's own clock, which need not be the service's. */
export function offerUndo(undo_id: string | null, what: string): void {
  if (undo_id) kept.write({ undo_id, what, ends: Date.now() + LASTS_MS });
  else kept.forget();
  draw(what);
}

function draw(what: string): void {
  window.clearInterval(clock);
  said.replaceChildren(what);
  show(box, what !== "");
  if (kept.read()) clock = window.setInterval(tick, 1000);
  tick();
}

function tick(): void {
  const seconds = Math.ceil(((kept.read()?.ends ?? 0) - Date.now()) / 1000);
  const isOpen = seconds > 0;
  show(button, isOpen);
  show(left, isOpen);
  left.textContent = isOpen ? `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")} left` : "";
  if (isOpen || !kept.read()) return;
  kept.forget();
  draw("");
}

async function undo(): Promise<void> {
  const { undo_id } = kept.read()!;
  const outcome = await whileBusy(box, () => call<Undone>("POST", `/api/undo/${undo_id}`));
  if (outcome.kind === "later") return said.replaceChildren(faultsOf(outcome)[0]!.message);
  kept.forget();
  if (outcome.kind === "refused") draw(faultsOf(outcome)[0]!.message);
  else {
    draw(" ");
    said.replaceChildren(...resultOf(outcome.value));
    await after();
  }
  focusOn(said);
}

function resultOf({ items }: Undone): (Node | string)[] {
  const undone = items.filter(({ result }) => result === "undone");
  if (undone.length === items.length) return ["It is as it was before."];
  const others = items.filter(({ result }) => result !== "undone");
  const each = others.map(({ service_request_id: id, result, because }) => {
    const link = element("a", { href: caseAddress(id) }, reference(id));
    return element("li", {}, link, `: ${result === "partly" ? "a part is as it was" : "left as it is"}. ${because ?? ""}`);
  });
  return [`${countText(undone.length, "case is", "cases are")} as before, ${others.length} not:`, element("ul", { class: "govuk-list" }, ...each)];
}
