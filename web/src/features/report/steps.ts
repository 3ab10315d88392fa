/** Shows one step at a time. The address's hash names it, so that reload and the browser's back button work. */
import { byId, focusOn, show } from "../../shared/dom.ts";
import { type StepName, STEPS } from "./step-order.ts";

/** Where "Back" leads if this visit started in the middle and has no history to go back to. */
const BEFORE: Record<StepName, StepName | null> = {
  begun: null,
  where: null,
  service: "where",
  elsewhere: "service",
  "sign-in": "service",
  asset: "service",
  nearby: "service",
  details: "service",
  danger: "details",
  personal: "details",
  check: "details",
  waiting: null,
  sent: null,
  followed: null,
};
const ENDS: readonly StepName[] = ["waiting", "sent", "followed"];

interface Depth {
  depth: number;
}

const baseTitle = document.title;
const back = byId<HTMLAnchorElement>("back");
let shown: StepName | null = null;
let depth = 0;
let turns = 0;
let onShown: (() => void) | null = null;

export function sectionOf(step: StepName): HTMLElement {
  return document.querySelector<HTMLElement>(`[data-step="${step}"]`)!;
}

/** `then` runs once the step is shown. */
export function goTo(step: StepName, then: (() => void) | null = null): void {
  onShown = then;
  location.hash = step;
}

/** Replaces a step that has nothing to ask, so that "Back" does not return to it. */
export function replaceStep(step: StepName): void {
  location.replace(`#${step}`);
}

/**
 * Shows the step of the hash, or the one that `allowedStep` returns instead. `load` prepares a step
 * before it is shown, so that no press on a button is lost, and returns what to run once it is shown.
 */
export function startSteps(
  allowedStep: (wanted: StepName) => Promise<StepName>,
  load: (step: StepName) => Promise<() => Promise<void>>,
): void {
  const followHash = async () => {
    const turn = ++turns;
    const wanted = stepOfHash();
    const step = await allowedStep(wanted ?? "where");
    const enter = await load(step);
    if (turn !== turns) return;
    if (step !== wanted) history.replaceState(history.state, "", `#${step}`);
    countDepth();
    if (step !== shown) {
      showStep(step);
      await enter();
    }
    onShown?.();
    onShown = null;
  };
  addEventListener("hashchange", () => void followHash());
  back.addEventListener("click", goBack);
  void followHash();
}

function stepOfHash(): StepName | null {
  const name = location.hash.slice(1);
  return STEPS.find((step) => step === name) ?? null;
}

/** Counts how far this entry of the browser's history is from the first one of the flow. */
function countDepth(): void {
  const known = (history.state as Depth | null)?.depth;
  depth = known ?? (shown ? depth + 1 : 0);
  if (known === undefined) history.replaceState({ depth }, "");
}

function goBack(event: Event): void {
  if (depth === 0) return;
  event.preventDefault();
  history.back();
}

function showStep(step: StepName): void {
  for (const name of STEPS) show(sectionOf(name), name === step);
  const heading = sectionOf(step).querySelector("h1")!;
  document.title = `${heading.textContent} – ${baseTitle}`;
  const previous = BEFORE[step];
  back.href = previous ? `#${previous}` : "/";
  show(back, !ENDS.includes(step));
  if (shown) {
    scrollTo(0, 0);
    focusOn(heading);
  }
  shown = step;
}
