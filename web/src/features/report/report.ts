/** The report page: loads each step and moves between them. */
import { clearErrors, showErrors } from "../../shared/form-errors.ts";
import { savedText, movePin, loadDraft } from "./draft.ts";
import { allowedStep, linkedAsset, linkedPlace, stepAfter } from "./flow.ts";
import { allowedLastStep } from "./sent-reports.ts";
import type { StepName } from "./step-order.ts";
import { goTo, sectionOf, startSteps } from "./steps.ts";
import { enter as enterWhere, offerPhoto, start as startWhere } from "./location.ts";
import { say } from "../../shared/say.ts";

/** `start` runs once, `enter` each time the step is shown. */
interface Step {
  start?(onward: () => Promise<void>): void;
  enter(): void | Promise<void>;
}

/** Most steps are loaded only when they are needed. */
const STEP_MODULES: Record<StepName, () => Step | Promise<Step>> = {
  begun: () => import("./unfinished.ts"),
  where: () => ({ start: startWhere, enter: enterWhere }),
  service: () => import("./service.ts"),
  elsewhere: () => import("./elsewhere.ts"),
  "sign-in": () => import("./sign-in.ts"),
  asset: () => import("./asset.ts"),
  nearby: () => import("./nearby.ts"),
  details: () => import("./details.ts"),
  danger: () => import("./danger.ts"),
  personal: () => import("./personal.ts"),
  check: () => import("./check.ts"),
  waiting: () => import("./waiting.ts"),
  sent: () => import("./sent.ts"),
  followed: () => import("./followed.ts"),
};

/** Steps to preload while people read the current one. */
const PRELOADED: Partial<Record<StepName, StepName[]>> = {
  service: ["asset", "nearby", "details", "check"],
  details: ["personal"],
  check: ["sent", "waiting"],
};

const started = new Set<StepName>();

async function loadStep(name: StepName): Promise<() => Promise<void>> {
  try {
    const step = await STEP_MODULES[name]();
    if (!started.has(name)) step.start?.(() => onwardFrom(name));
    started.add(name);
    return () => enterStep(name, step);
  } catch {
    const kept = savedText();
    const message = say("We could not load this page. {kept} Check your connection and reload the page", { kept });
    return async () => showErrors(sectionOf(name), [{ field: "main", message }]);
  }
}

async function enterStep(name: StepName, step: Step): Promise<void> {
  clearErrors(sectionOf(name));
  await step.enter();
  for (const soon of PRELOADED[name] ?? []) fetchSoon(soon);
}

function fetchSoon(name: StepName): void {
  void Promise.resolve(STEP_MODULES[name]()).catch(() => undefined);
}

async function onwardFrom(step: StepName): Promise<void> {
  goTo(await stepAfter(step));
}

/**
 * Shows an unfinished report of another visit first, so that nobody continues it by mistake. Returns the photo that
 * another app shared with the page.
 */
async function startReport(): Promise<File | undefined> {
  const isResumed = await loadDraft();
  for (const each of document.querySelectorAll("[data-kept]")) each.textContent = savedText();
  if (new URL(location.href).searchParams.has("shared")) return useSharedPhotos();
  if (isResumed && !linkedAsset() && !location.hash) history.replaceState(null, "", "#begun");
  else await useAssetLink();
  if (!isResumed) usePlaceLink();
}

/** Puts the pin where a link from the map says. */
function usePlaceLink(): void {
  const place = linkedPlace();
  if (!place) return;
  movePin(place);
  history.replaceState(null, "", "/report/");
}

async function useSharedPhotos(): Promise<File | undefined> {
  history.replaceState(null, "", "/report/#where");
  return import("./share.ts").then(({ startWithShared }) => startWithShared()).catch(() => undefined);
}

/** Fills in the asset from a link on the asset's page. */
async function useAssetLink(): Promise<void> {
  const id = linkedAsset();
  if (!id) return;
  const step = await import("./asset-link.ts").then(({ startFromAsset }) => startFromAsset(id)).catch(() => "where");
  history.replaceState(null, "", step === "begun" ? "#begun" : `/report/#${step}`);
}

// Preload the second step as soon as the resident starts to answer.
sectionOf("where").addEventListener("focusin", () => fetchSoon("service"), { once: true });
// A form whose step is still loading must not leave the page.
document.addEventListener("submit", (event) => event.preventDefault());
void startReport().then((photo) => {
  startSteps(async (wanted) => allowedLastStep(wanted) ?? allowedStep(wanted), loadStep);
  if (photo) void offerPhoto(photo);
});
