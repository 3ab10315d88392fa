/** Sends the draft's photos, and waits briefly for the service to check them. */
import { getJson } from "../../shared/api.ts";
import { isSignedOut, reasonOf } from "../../shared/outcome.ts";
import type { Draft, DraftPhoto } from "../../shared/pending-report.ts";
import { postAs } from "../../shared/post.ts";
import { type Policy, upload } from "../../shared/upload.ts";
import { changeDraft, currentDraft, senderOf } from "./draft.ts";
import { findPhoto } from "./photo-store.ts";
import { say } from "../../shared/say.ts";

interface PhotoCheck {
  state: "waiting" | "ready" | "refused";
  reason: string | null;
}

export type PhotosOutcome =
  | { kind: "ready"; photo_ids: string[] }
  | { kind: "refused"; photo: DraftPhoto; reason: string }
  | { kind: "signed-out" }
  | { kind: "later"; retryAfterSeconds: number | null };

type Step = { kind: "sent" } | Exclude<PhotosOutcome, { kind: "ready" }>;

const PATIENCE_MS = 6_000;
const PAUSE_MS = 400;

export async function sendPhotos(draft: Draft, showStatus: (text: string) => void): Promise<PhotosOutcome> {
  for (const [index, photo] of draft.photos.entries()) {
    showStatus(
      draft.photos.length === 1
        ? say("Sending the photo…")
        : say("Sending photo {number} of {all}…", { number: index + 1, all: draft.photos.length }),
    );
    if (photo.uploaded?.key === draft.key) continue;
    const step = await sendOne(photo, draft.key, senderOf(draft));
    if (step.kind !== "sent") return markIfRefused(step);
  }
  showStatus(say("Checking the photos…"));
  const refused = await firstRefused();
  if (refused) return markIfRefused(refused);
  return { kind: "ready", photo_ids: currentDraft().photos.map(({ uploaded }) => uploaded!.photo_id) };
}

/** Marks a refused photo in the draft, so that the photos step shows it too. */
function markIfRefused(outcome: Exclude<Step, { kind: "sent" }>): PhotosOutcome {
  if (outcome.kind === "refused") updatePhoto(outcome.photo, { refused: outcome.reason });
  return outcome;
}

function updatePhoto(photo: DraftPhoto, changes: Partial<DraftPhoto>): void {
  const photos = currentDraft().photos.map((each) => (each.id === photo.id ? { ...each, ...changes } : each));
  changeDraft({ photos });
}

async function sendOne(photo: DraftPhoto, key: string, account: string): Promise<Step> {
  const picture = await findPhoto(photo.id);
  if (!picture) return { kind: "refused", photo, reason: say("It is no longer saved in this browser.") };
  const asked = { content_type: picture.type, size: picture.size };
  const outcome = await postAs<Policy>(account, "/api/photos", asked, `${key}/${photo.n}`);
  if (outcome.kind === "later") return outcome;
  if (isSignedOut(outcome)) return { kind: "signed-out" };
  if (outcome.kind === "refused") return { kind: "refused", photo, reason: sentence(reasonOf(outcome.problem)) };
  return uploadPhoto(photo, key, picture, outcome.value);
}

async function uploadPhoto(photo: DraftPhoto, key: string, picture: Blob, policy: Policy): Promise<Step> {
  const result = await upload(picture, policy);
  if (result === "refused")
    return { kind: "refused", photo, reason: say("It is too large, or it is a type of file that we cannot use.") };
  if (result === "broke") return { kind: "later", retryAfterSeconds: null };
  const service_request_id = policy.fields["key"]!.split("/")[0]!;
  updatePhoto(photo, { uploaded: { key, service_request_id, photo_id: policy.photo_id } });
  return { kind: "sent" };
}

/** The first photo that the service refuses within the time limit. Photos can still be refused later. */
async function firstRefused(): Promise<Extract<Step, { kind: "refused" }> | null> {
  const late = AbortSignal.timeout(PATIENCE_MS);
  let waiting = [...currentDraft().photos];
  while (waiting.length && !late.aborted) {
    const judged = await Promise.all(waiting.map(async (photo) => ({ photo, ...(await checkPhoto(photo)) })));
    const refused = judged.find(({ state }) => state === "refused");
    if (refused) return { kind: "refused", photo: refused.photo, reason: sentence(refused.reason ?? "") };
    waiting = judged.filter(({ state }) => state === "waiting").map(({ photo }) => photo);
    if (waiting.length) await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
  return null;
}

async function checkPhoto({ uploaded }: DraftPhoto): Promise<PhotoCheck> {
  const unknown: PhotoCheck = { state: "waiting", reason: null };
  const { service_request_id, photo_id } = uploaded!;
  return getJson<PhotoCheck>(`/api/reports/${service_request_id}/photos/${photo_id}`, PATIENCE_MS).then(
    (judged) => judged ?? unknown,
    () => unknown,
  );
}

function sentence(text: string): string {
  if (!text) return "";
  const whole = text[0]!.toUpperCase() + text.slice(1);
  return /[.!?]$/.test(whole) ? whole : `${whole}.`;
}
