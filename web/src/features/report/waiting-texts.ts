/**
 * The texts about a waiting report or update, in the language of its page. They are stored with it, because the service
 * worker, which may show them, has only English texts.
 */
import { UNUSABLE_PHOTO } from "../../shared/queue.ts";
import { say } from "../../shared/say.ts";

/** The language of the page, as in addresses. */
declare const LANGUAGE: string;

export interface WaitingTexts {
  language: string;
  sent: string;
  /** With `{reference}` in place of the report's reference. */
  sent_details: string;
  signed_out: string;
  photo_lost: string;
  /** With `{reason}`. */
  photo_refused: string;
  photo_unusable: string;
}

export function waitingTexts({ title, update_of }: { title: string; update_of?: string }): WaitingTexts {
  const [reference, reason] = ["{reference}", "{reason}"];
  return {
    language: LANGUAGE,
    sent: update_of ? say("We've sent your update") : say("We've sent your report"),
    sent_details: update_of
      ? say("{title}. The reference is {reference}.", { title, reference })
      : say("{title}. Your reference is {reference}.", { title, reference }),
    signed_out: say("You are signed out. Sign in, then try again."),
    photo_lost: update_of
      ? say("A photo is no longer saved on this device. Edit the update to send it.")
      : say("A photo is no longer saved on this device. Edit the report to send it."),
    photo_refused: say("We cannot use a photo. {reason}", { reason }),
    photo_unusable: UNUSABLE_PHOTO,
  };
}
