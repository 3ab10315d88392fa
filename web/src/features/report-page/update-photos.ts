/** The photos of an update: made smaller, and sent before it. */
import type { FieldError } from "../../shared/outcome.ts";
import { postAsSignedIn } from "../../shared/post.ts";
import { sendPhoto } from "../../shared/queue.ts";
import type { Policy } from "../../shared/upload.ts";
import { shrink } from "../report/photo-shrink.ts";
import { say } from "../../shared/say.ts";

const MOST_PHOTOS = 3;
const TRY_AGAIN = say("The photo has not been sent. Check your connection and try again");

export type PhotosSent = { photo_ids: string[] } | FieldError;

/** Sends the photos of the input. `key` is the update's; a repeat under the same key sends the same photos. */
export async function sendPhotos(input: HTMLInputElement, report: string, key: string): Promise<PhotosSent> {
  const files = [...(input.files ?? [])];
  const fault = (message: string): FieldError => ({ field: input.id, message });
  if (files.length > MOST_PHOTOS) return fault(say("You can add up to {number} photos", { number: MOST_PHOTOS }));
  const photo_ids: string[] = [];
  for (const [index, file] of files.entries()) {
    const picture = await shrink(file);
    if ("problem" in picture) return fault(picture.problem);
    const sent = await sendPhoto(picture, (about) =>
      postAsSignedIn<Policy>("/api/photos", { ...about, service_request_id: report }, `${key}/${index}`),
    );
    if (sent.kind === "refused")
      return fault(say("We cannot use {file}. {reason}", { file: file.name, reason: sent.reason }));
    if (sent.kind !== "sent") return fault(TRY_AGAIN);
    photo_ids.push(sent.policy.photo_id);
  }
  return { photo_ids };
}
