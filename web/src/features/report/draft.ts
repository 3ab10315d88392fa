/** The draft of this visit. */
import { type KeptDraft, openDraft } from "../../shared/kept-draft.ts";
import { type Draft, isAssisted, newDraft, SIGNED_OUT, withoutSender } from "../../shared/pending-report.ts";
import type { Place } from "../../shared/reports.ts";

const HOUSE_NUMBER = /^\d+[a-z]?[\s,]+/i;
const NUMBER_ALONE = /^\d+[a-z]?(\s*[-/]\s*\d+[a-z]?)?[\s,.]*$/i;

let draft = newDraft();
let kept: KeptDraft<Draft>;

/** Before all else: takes up what was written before. Answers whether that was in another tab or visit. */
export async function takeUp(): Promise<boolean> {
  kept = await openDraft<Draft>("report");
  draft = { ...draft, ...kept.value };
  // This tab would write the sender's details back.
  new BroadcastChannel(SIGNED_OUT).addEventListener("message", () => {
    if (draft.account) changeDraft(withoutSender(draft));
  });
  return kept.isResumed;
}

export const currentDraft = (): Readonly<Draft> => draft;

/** What becomes of what was written while it is not sent. */
export const keptWords = (): string => kept.words();

export function changeDraft(changes: Partial<Draft>): void {
  draft = { ...draft, ...changes };
  void kept.save(draft);
}

/** What is sent from here on is another report than what was sent before. */
export function renewKey(): void {
  changeDraft({ key: crypto.randomUUID() });
}

export function finishDraft(): void {
  const photos = draft.photos.map(({ id }) => id);
  draft = newDraft();
  kept.drop();
  if (photos.length) void import("./photo-store.ts").then(({ drop }) => drop(photos));
}

/** Another pin; what the resident wrote about the place stays, what the search wrote does not. */
export function movePin({ lat, long }: Place, place_label = "", suggested_address = ""): void {
  const own = draft.address !== draft.suggested_address;
  const address = own ? draft.address : suggested_address;
  changeDraft({ lat, long, place_label, address, suggested_address, in_words: false, asset: null });
}

/** The words about the place: a house number that was typed alone goes before the street that was found. */
export function addressOf({ address, suggested_address }: Readonly<Draft>): string {
  const typed = address.trim();
  const street = suggested_address.replace(HOUSE_NUMBER, "").trim();
  return NUMBER_ALONE.test(typed) && street ? `${typed.replace(/[\s,.]+$/, "")} ${street}` : typed;
}

/** Which report this is about, its service and its place: what was asked of another is asked again. */
export function about(): string {
  const { key, service_code, lat, long } = draft;
  return `${key} ${service_code}@${lat},${long}`;
}

/** The account that it is sent as: none for an anonymous report of one's own. */
export function senderOf(draft: Draft): string {
  return draft.anonymous && !isAssisted(draft) ? "" : draft.account;
}

/** The thing that the report is about, where its service is about such things. */
export function assetOf({ asset, service_code }: Draft): Draft["asset"] {
  return asset?.service_code === service_code ? asset : null;
}

export function placeOf({ lat, long }: { lat?: number; long?: number }): Place | null {
  return lat === undefined || long === undefined ? null : { lat, long };
}
