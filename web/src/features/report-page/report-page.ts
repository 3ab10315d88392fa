/** A published report page: sends updates, follows the report, and flags the page. */
import "../app/app.ts";
import type { Outcome } from "../../shared/api.ts";
import { startCharacterCount } from "../../shared/character-count.ts";
import { loadCouncil } from "../../shared/council.ts";
import { actionButton, byId, focusOn, show } from "../../shared/dom.ts";
import { clearErrors, showErrors } from "../../shared/form-errors.ts";
import { type FieldError, reasonOf } from "../../shared/outcome.ts";
import { newUpdate, updateBody, type UpdateDraft, updateDraftName } from "../../shared/pending-update.ts";
import { postAs, signedInAccount } from "../../shared/post.ts";
import type { Update } from "../../shared/reports.ts";
import { startStaticMap } from "../../shared/static-map.ts";
import { timelineEntry } from "../../shared/timeline.ts";
import { startFlag } from "./flag.ts";
import { startFollow } from "./follow.ts";
import { type StoredDraft, openDraft } from "../../shared/stored-draft.ts";
import { say } from "../../shared/say.ts";

const MAX_LENGTH = 2000;

const form = byId<HTMLFormElement>("update-form");
const area = byId<HTMLTextAreaElement>("text");
const button = byId<HTMLButtonElement>("send-update");
/** Pages that were published by an older version have none. */
const photos = document.querySelector<HTMLInputElement>("#photos");
const status = byId("update-status");
const id = form.dataset["serviceRequestId"]!;
/** Only closed reports have this choice. */
const choice = form.elements.namedItem("state") as RadioNodeList | null;
const sendAsNew = actionButton(say("Send this as a new update"), () => {
  draft.key = crypto.randomUUID();
  submit();
});
const count = startCharacterCount(area, MAX_LENGTH);
let draft = newUpdate();
let storedDraft: StoredDraft<UpdateDraft>;
const holder = {
  draft: () => draft,
  change(changes: Partial<UpdateDraft>) {
    draft = { ...draft, ...changes };
    storeDraft();
  },
};

startFollow(id);
startFlag(id);
const picture = document.getElementById("place-picture");
if (picture) startStaticMap(picture);
show(sendAsNew, false);
button.after(" ", sendAsNew);
void openDraft<UpdateDraft>(updateDraftName(id)).then((opened) => {
  storedDraft = opened;
  draft = { ...draft, ...storedDraft.value };
  if (draft.photos.length) void drawPhotos();
  area.value = draft.text;
  if (choice) choice.value = draft.state;
  count();
  // The form is shown only now, because from here on its text is saved.
  show(form);
});
form.addEventListener("input", storeDraft);
photos?.addEventListener("change", () => void addPhotos());
form.addEventListener("submit", (event) => {
  event.preventDefault();
  submit();
});

function storeDraft(): void {
  draft = { ...draft, text: area.value, state: choice?.value ?? draft.state };
  void storedDraft.save(draft);
}

function submit(): void {
  clearErrors(form);
  const message = findProblem(area.value.trim());
  if (message) refuse(message);
  else void send();
}

function findProblem(text: string): string | null {
  if (!text) return say("Enter your update");
  return text.length > MAX_LENGTH ? say("Your update must be 2,000 characters or fewer") : null;
}

function refuse(message: string): void {
  explain({ field: "text", message });
}

function explain(error: FieldError): void {
  status.textContent = "";
  showErrors(form, [error]);
}

const photoModule = () => import("./update-photos.ts").catch(() => null);

async function drawPhotos(): Promise<void> {
  if (photos) await (await photoModule())?.drawPhotos(photos, holder);
}

async function addPhotos(): Promise<void> {
  clearErrors(form);
  button.disabled = true;
  status.textContent = say("Preparing the photo…");
  const failed = say("We could not prepare the photo. Try again, or choose another photo");
  const module = await photoModule();
  const problem = module ? await module.addPhotos(photos!, holder).catch(() => failed) : failed;
  await drawPhotos();
  button.disabled = false;
  if (problem) explain({ field: photos!.id, message: problem });
  else status.textContent = "";
}

async function send(): Promise<void> {
  storeDraft();
  button.disabled = true;
  show(sendAsNew, false);
  status.textContent = say("Sending your update…");
  const who = await signedInAccount();
  const account = who.kind === "stored" ? who.value : null;
  const outcome = account === null ? (who as Outcome<never>) : await sendAs(account);
  if ("field" in outcome) explain(outcome);
  else await handleOutcome(outcome, account);
  button.disabled = false;
}

/** Sends photos and update, always as that account and under the same keys. */
async function sendAs(account: string): Promise<Outcome<Update> | FieldError> {
  const later = { kind: "later", retryAfterSeconds: null } as const;
  const sent = draft.photos.length
    ? ((await (await photoModule())?.sendPhotos(draft, id, account, "photos")) ?? later)
    : { photo_ids: [] };
  if (!("photo_ids" in sent)) return sent;
  const { photo_ids } = sent;
  const body = { ...updateBody(draft), ...(photo_ids.length ? { photo_ids } : {}) };
  return postAs<Update>(account, `/api/reports/${id}/updates`, body, draft.key);
}

/** Puts the update into the outbox if the service could not be reached; returns whether it is there now. */
async function tryToQueue(outcome: Outcome<Update>, account: string | null): Promise<boolean> {
  if (outcome.kind !== "later" || outcome.why) return false;
  const title = document.querySelector("h1")!.textContent.trim();
  const notice = await import("./wait.ts")
    .then(({ queueUpdate }) => queueUpdate(draft, id, title, account))
    .catch(() => null);
  if (!notice) return false;
  await startNextUpdate();
  status.replaceChildren(...notice);
  focusOn(status);
  return true;
}

async function handleOutcome(outcome: Outcome<Update>, account: string | null): Promise<void> {
  if (await tryToQueue(outcome, account)) return;
  if (outcome.kind === "later") {
    refuse(
      `${say("Your update has not been sent.")} ${storedDraft.savedText()} ${outcome.why ?? say("Check your connection and try again")}`,
    );
  } else if (outcome.kind === "stored") {
    await showUpdate(outcome.value);
  } else if (outcome.problem.status === 409 && outcome.problem.link) {
    show(sendAsNew);
    refuse(say("You've already sent a version of this update. Reload this page to see it"));
  } else {
    if (outcome.problem.status === 409) clearHiddenChoice();
    refuse(reasonOf(outcome.problem));
  }
}

/** Clears a stored choice if the page no longer has the radios to change it. */
function clearHiddenChoice(): void {
  if (choice) return;
  draft.state = "";
  storeDraft();
}

async function startNextUpdate(): Promise<void> {
  form.reset();
  storedDraft.drop();
  draft = newUpdate();
  count();
  await drawPhotos();
}

async function showUpdate(update: Update): Promise<void> {
  const sent = draft.photos;
  const words = sent.length ? say(" Your photos follow when we have checked them.") : "";
  await startNextUpdate();
  if (sent.length) await (await photoModule())?.deleteDraftPhotos(sent);
  const zone = await loadCouncil().then(
    ({ time_zone }) => time_zone,
    () => undefined,
  );
  const entry = timelineEntry({ by: "resident", ...update }, zone);
  show(byId("no-updates"), false);
  document.querySelector(`[data-update-id="${update.update_id}"]`)?.remove();
  byId("timeline").append(entry);
  status.textContent = say("Thank you. Your update will appear shortly.") + words;
  focusOn(entry);
}
