/** Shows one step at a time. The address's hash names it, so that reload and the browser's back button work. */
import { byId, focusOn, show } from "../../shared/dom.ts";
import { showErrors } from "../../shared/form-errors.ts";
import { currentDraft } from "./draft.ts";
import { stepAfterTopic, allowedStep, type Step, STEPS } from "./step-order.ts";
import { say } from "../../shared/say.ts";

const baseTitle = document.title;
const back = byId<HTMLAnchorElement>("back");
let shown: Step | null = null;
let turns = 0;

export const sectionOf = (step: Step) => document.querySelector<HTMLElement>(`[data-step="${step}"]`)!;

export function goTo(step: Step): void {
  location.hash = step;
}

/** `enter` fills a step before it is shown. */
export function startSteps(enter: Record<Step, () => void | Promise<void>>): void {
  const followHash = async () => {
    const turn = ++turns;
    const wanted = STEPS.find((step) => step === location.hash.slice(1)) ?? "what";
    const step = allowedStep(wanted, currentDraft());
    if (step !== wanted) history.replaceState(null, "", `#${step}`);
    const ready = await Promise.resolve(enter[step]()).then(
      () => true,
      () => false,
    );
    if (turn !== turns) return;
    if (ready) showStep(step);
    else if (shown)
      showErrors(sectionOf(shown), [
        {
          field: "",
          message: say("We could not load the next step. Check your connection, go back in your browser and try again"),
        },
      ]);
  };
  addEventListener("hashchange", () => void followHash());
  void followHash();
}

/** The step that asks for the location or ward, if the topic has one. */
function backFromFrequency(): string {
  const after = stepAfterTopic(currentDraft());
  return after === "when" ? "#what" : `#${after}`;
}

function showStep(step: Step): void {
  for (const name of STEPS) show(sectionOf(name), name === step);
  const heading = sectionOf(step).querySelector("h1")!;
  document.title = `${heading.textContent} – ${baseTitle}`;
  back.href = { what: "/", where: "#what", ward: "#what", when: backFromFrequency(), how: "#when", sent: "/" }[step];
  show(back, step !== "sent");
  if (shown && shown !== step) {
    scrollTo(0, 0);
    focusOn(heading);
  }
  shown = step;
}
