/** The report page: its steps, and what each does when it is entered. */
import { clearErrors, showErrors } from "../../shared/form-errors.ts";
import * as contact from "./contact.ts";
import * as description from "./description.ts";
import { allowed, linkedAsset, stepAfter } from "./flow.ts";
import { allowedEnd } from "./sent-reports.ts";
import * as service from "./service.ts";
import { goTo, sectionOf, startSteps, type StepName } from "./steps.ts";
import * as where from "./where.ts";

/** `start` happens once, `enter` each time the step is shown. */
interface Step {
  start?(onward: () => Promise<void>): void;
  enter(): void | Promise<void>;
}

/** What not everybody needs is loaded when it is needed. */
const LOAD: Record<StepName, () => Step | Promise<Step>> = {
  begun: () => import("./begun.ts"),
  where: () => where,
  service: () => service,
  elsewhere: () => import("./elsewhere.ts"),
  "sign-in": () => import("./sign-in.ts"),
  asset: () => import("./asset.ts"),
  nearby: () => import("./nearby.ts"),
  questions: () => import("./questions.ts"),
  danger: () => import("./danger.ts"),
  photos: () => import("./photos.ts"),
  description: () => description,
  personal: () => import("./personal.ts"),
  contact: () => contact,
  check: () => import("./check.ts"),
  sent: () => import("./sent.ts"),
  followed: () => import("./followed.ts"),
};

/** What most people need next is fetched while they read. */
const SOON: Partial<Record<StepName, StepName[]>> = {
  service: ["asset", "nearby", "questions", "check"],
  questions: ["photos"],
  description: ["personal"],
  check: ["sent"],
};

const started = new Set<StepName>();

async function load(name: StepName): Promise<() => Promise<void>> {
  try {
    const step = await LOAD[name]();
    if (!started.has(name)) step.start?.(() => onwardFrom(name));
    started.add(name);
    return () => enter(name, step);
  } catch {
    const message = "This page could not be loaded. What you wrote is kept: check your connection and open it again";
    return async () => showErrors(sectionOf(name), [{ field: "main", message }]);
  }
}

async function enter(name: StepName, step: Step): Promise<void> {
  clearErrors(sectionOf(name));
  await step.enter();
  for (const soon of SOON[name] ?? []) void Promise.resolve(LOAD[soon]()).catch(() => undefined);
}

async function onwardFrom(step: StepName): Promise<void> {
  goTo(await stepAfter(step));
}

/** A link from a thing's own page says what the report is about. */
async function takeAsset(): Promise<void> {
  const id = linkedAsset();
  if (!id) return;
  const step = await import("./asset-link.ts").then(({ takeLinked }) => takeLinked(id)).catch(() => "where");
  history.replaceState(null, "", step === "begun" ? "#begun" : `/report/#${step}`);
}

// A form whose step is still being loaded must not take the page away.
document.addEventListener("submit", (event) => event.preventDefault());
void takeAsset().then(() => startSteps(async (wanted) => allowedEnd(wanted) ?? allowed(wanted), load));
