/** The order of the steps: which one comes next, and which one must be answered first. */
import { type Catalogue, type Elsewhere, loadCatalogue, type Service } from "../../shared/council.ts";
import { isInRing } from "../../shared/geo/polygon.ts";
import type { Draft } from "../../shared/pending-report.ts";
import type { Place } from "../../shared/reports.ts";
import { answerOf, isDangerous, questionsOf } from "./answers.ts";
import { currentService, serviceIn } from "./current-service.ts";
import { currentDraft, isWritten, placeOf } from "./draft.ts";
import { indexOf, type StepName, STEPS } from "./step-order.ts";

/** Steps that are shown only while something blocks the report. */
const STOPS: readonly StepName[] = ["elsewhere", "sign-in", "danger", "personal"];

const PLACE = /^(-?\d+(?:\.\d+)?),(-?\d+(?:\.\d+)?)$/;

/** The place in a link from the map, such as ?at=53.95910,-1.08150. */
export function linkedPlace(): Place | null {
  const found = PLACE.exec(new URL(location.href).searchParams.get("at") ?? "");
  return found && { lat: Number(found[1]), long: Number(found[2]) };
}

/** The asset id in the page's address, until the draft is filled in from it. */
export const linkedAsset = () => new URL(location.href).searchParams.get("asset");

export async function currentElsewhere(): Promise<Elsewhere | undefined> {
  return elsewhereIn(await loadCatalogue().catch(() => null), currentDraft());
}

function elsewhereIn(catalogue: Catalogue | null, draft: Draft): Elsewhere | undefined {
  const place = placeOf(draft);
  if (!place) return undefined;
  return catalogue?.elsewhere?.find(
    ({ services, polygons }) =>
      (!services || services.includes(draft.service_code)) && polygons.some((ring) => isInRing(place, ring)),
  );
}

/** Whether the draft has any content to continue with. */
export function hasContent(): boolean {
  return placeOf(currentDraft()) !== null || isWritten(currentDraft());
}

/** The first step that needs an answer or blocks the report, or null. Without the catalogue, the server decides. */
async function firstObstacle(): Promise<StepName | null> {
  const draft = currentDraft();
  const place = placeOf(draft);
  if (!place && !(draft.in_words && draft.address.trim())) return "where";
  if (place && (await isOutsideArea(place))) return "where";
  if (!draft.service_code) return "service";
  const catalogue = await loadCatalogue().catch(() => null);
  const service = serviceIn(catalogue, draft);
  if (catalogue && !service) return "service";
  if (elsewhereIn(catalogue, draft)) return "elsewhere";
  if (service?.why_sign_in && !(await hasEnoughAssurance(service))) return "sign-in";
  const questions = questionsOf(service);
  if (questions.some((question) => question.required && !answerOf(draft, question))) return "details";
  if (isDangerous(draft, questions)) return "danger";
  if (!draft.description.trim()) return "details";
  return (await seemsPersonal(draft, service)) ? "personal" : null;
}

/** False if the wards cannot be loaded: then the server decides. */
async function isOutsideArea(place: Place): Promise<boolean> {
  return import("./outside-problem.ts")
    .then(async ({ outsideProblem }) => (await outsideProblem(place)) !== null)
    .catch(() => false);
}

/** False if it cannot be loaded: the step then says how to continue. */
async function hasEnoughAssurance(service: Service): Promise<boolean> {
  return import("./sign-in.ts").then((signIn) => signIn.hasEnoughAssurance(service)).catch(() => false);
}

async function seemsPersonal(draft: Draft, service: Service | undefined): Promise<boolean> {
  if (service?.visibility === "private") return false;
  const check = await import("./personal-data.ts").catch(() => null);
  return check !== null && check.publicWords(draft) !== draft.kept_words && check.findingsOf(draft).length > 0;
}

/** The step to show when `wanted` is requested. */
export async function allowedStep(wanted: StepName): Promise<StepName> {
  if (wanted === "begun") return linkedAsset() || hasContent() ? wanted : "where";
  if (wanted === "where") return wanted;
  const obstacle = await firstObstacle();
  if (obstacle && indexOf(obstacle) < indexOf(wanted)) return obstacle;
  if (STOPS.includes(wanted) && wanted !== obstacle) return wanted === "personal" ? "details" : "service";
  const needsPin = wanted === "nearby" || wanted === "asset";
  return needsPin && !placeOf(currentDraft()) ? "service" : wanted;
}

export async function stepAfter(step: StepName): Promise<StepName> {
  const end = (await firstObstacle()) ?? "check";
  for (const next of STEPS.slice(indexOf(step) + 1, Math.max(indexOf(end), 0))) {
    if (await hasQuestion(next)) return next;
  }
  return end;
}

/** Whether the step has something to ask. After the check step, only unanswered questions count. */
async function hasQuestion(step: StepName): Promise<boolean> {
  const { checked } = currentDraft();
  if (STOPS.includes(step)) return false;
  if (step === "asset") return hasAssetsNearby();
  if (step === "nearby") return hasNearbyReports();
  return !checked || (step === "details" && hasNewQuestions());
}

async function hasNewQuestions(): Promise<boolean> {
  const { asked_for, service_code } = currentDraft();
  return asked_for !== service_code && questionsOf(await currentService()).length > 0;
}

/** Any failure counts as nothing found. */
async function hasNearbyReports(): Promise<boolean> {
  if (!placeOf(currentDraft())) return false;
  return import("./nearby-search.ts").then(({ hasNewReports }) => hasNewReports()).catch(() => false);
}

/** Any failure counts as nothing found. */
async function hasAssetsNearby(): Promise<boolean> {
  if (!placeOf(currentDraft())) return false;
  return import("./asset-search.ts").then(({ hasNewAssets }) => hasNewAssets()).catch(() => false);
}
