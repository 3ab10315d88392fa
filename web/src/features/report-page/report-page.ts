/** A published report page: sends updates, follows the report, and flags the page. */
import "../app/app.ts";
import type { Outcome } from "../../shared/api.ts";
import { startCharacterCount } from "../../shared/character-count.ts";
import { loadCouncil } from "../../shared/council.ts";
import { actionButton, byId, focusOn, show } from "../../shared/dom.ts";
import { clearErrors, showErrors } from "../../shared/form-errors.ts";
import { reasonOf } from "../../shared/outcome.ts";
import { postAsSignedIn } from "../../shared/post.ts";
import type { Update } from "../../shared/reports.ts";
import { startStaticMap } from "../../shared/static-map.ts";
import { timelineEntry } from "../../shared/timeline.ts";
import { startFlag } from "./flag.ts";
import { startFollow } from "./follow.ts";
import { type KeptDraft, openDraft } from "../../shared/kept-draft.ts";
import { type Draft, newDraft } from "./draft.ts";
import { sendPhotos } from "./update-photos.ts";
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
let draft = newDraft();
let kept: KeptDraft<Draft>;

startFollow(id);
startFlag(id);
const picture = document.getElementById("place-picture");
if (picture) startStaticMap(picture);
show(sendAsNew, false);
button.after(" ", sendAsNew);
void openDraft<Draft>(`update-${id}`).then((opened) => {
  kept = opened;
  draft = kept.value ?? draft;
  area.value = draft.text;
  if (choice) choice.value = draft.state;
  count();
  // The form is shown only now, because from here on its text is saved.
  show(form);
});
form.addEventListener("input", keep);
// Other photos are another update: the first file under a key is the photo.
photos?.addEventListener("change", () => {
  draft.key = crypto.randomUUID();
  keep();
});
form.addEventListener("submit", (event) => {
  event.preventDefault();
  submit();
});

function keep(): void {
  draft = { ...draft, text: area.value, state: choice?.value ?? draft.state };
  void kept.save(draft);
}

function submit(): void {
  clearErrors(form);
  const message = problem(area.value.trim());
  if (message) refuse(message);
  else void send();
}

function problem(text: string): string | null {
  if (!text) return say("Enter your update");
  return text.length > MAX_LENGTH ? say("Your update must be 2,000 characters or fewer") : null;
}

function refuse(message: string): void {
  showErrors(form, [{ field: "text", message }]);
}

async function send(): Promise<void> {
  keep();
  button.disabled = true;
  show(sendAsNew, false);
  status.textContent = say("Sending your update…");
  const sent = photos ? await sendPhotos(photos, id, draft.key) : { photo_ids: [] };
  if ("field" in sent) {
    button.disabled = false;
    status.textContent = "";
    return showErrors(form, [sent]);
  }
  const body = {
    text: draft.text.trim(),
    ...(draft.state ? { state: draft.state } : {}),
    ...(sent.photo_ids.length ? { photo_ids: sent.photo_ids } : {}),
  };
  const outcome = await postAsSignedIn<Update>(`/api/reports/${id}/updates`, body, draft.key);
  button.disabled = false;
  status.textContent = "";
  await settle(outcome);
}

async function settle(outcome: Outcome<Update>): Promise<void> {
  if (outcome.kind === "later") {
    refuse(
      `${say("Your update has not been sent.")} ${kept.words()} ${outcome.why ?? say("Check your connection and try again")}`,
    );
  } else if (outcome.kind === "stored") {
    await accept(outcome.value);
  } else if (outcome.problem.status === 409 && outcome.problem.link) {
    show(sendAsNew);
    refuse(say("You've already sent a version of this update. Reload this page to see it"));
  } else {
    if (outcome.problem.status === 409) takeBackHiddenChoice();
    refuse(reasonOf(outcome.problem));
  }
}

/** Clears a stored choice if the page no longer has the radios to change it. */
function takeBackHiddenChoice(): void {
  if (choice) return;
  draft.state = "";
  keep();
}

async function accept(update: Update): Promise<void> {
  const words = photos?.files?.length ? say(" Your photos follow when we have checked them.") : "";
  form.reset();
  kept.drop();
  draft = newDraft();
  count();
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
