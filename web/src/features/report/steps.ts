/** One step at a time: the hash says which, so that reload and the browser's own back button work. */
import { byId, focusOn, show } from "../../shared/dom.ts";

export const STEPS = ["where", "service", "description", "contact", "check", "sent"] as const;
export type StepName = (typeof STEPS)[number];

interface Depth {
  depth: number;
}

const baseTitle = document.title;
const back = byId<HTMLAnchorElement>("back");
let shown: StepName | null = null;
let depth = 0;

export function sectionOf(step: StepName): HTMLElement {
  return document.querySelector<HTMLElement>(`[data-step="${step}"]`)!;
}

export function goTo(step: StepName): void {
  location.hash = step;
}

/** Shows the step of the hash, or the one that `allowed` puts in its place. */
export function startSteps(allowed: (wanted: StepName) => StepName, entered: (step: StepName) => void): void {
  const follow = () => {
    const wanted = stepOfHash();
    const step = allowed(wanted ?? "where");
    if (step !== wanted) history.replaceState(history.state, "", `#${step}`);
    countDepth();
    if (step === shown) return;
    present(step);
    entered(step);
  };
  addEventListener("hashchange", follow);
  back.addEventListener("click", goBack);
  follow();
}

function stepOfHash(): StepName | null {
  const name = location.hash.slice(1);
  return STEPS.find((step) => step === name) ?? null;
}

/** How far this entry of the browser's history is from the first one of the flow. */
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

function present(step: StepName): void {
  for (const name of STEPS) show(sectionOf(name), name === step);
  const heading = sectionOf(step).querySelector("h1")!;
  document.title = `${heading.textContent} – ${baseTitle}`;
  const previous = STEPS[STEPS.indexOf(step) - 1];
  back.href = previous ? `#${previous}` : "/";
  show(back, step !== "sent");
  if (shown) {
    scrollTo(0, 0);
    focusOn(heading);
  }
  shown = step;
}
