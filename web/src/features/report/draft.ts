/** The draft of this visit. */
import { type StoredDraft, openDraft } from "../../shared/stored-draft.ts";
import { type Draft, isAssisted, newDraft, SIGNED_OUT, withoutSender } from "../../shared/pending-report.ts";
import { say } from "../../shared/say.ts";
import type { Place } from "../../shared/reports.ts";

const HOUSE_NUMBER = /^\d+[a-z]?[\s,]+/i;
const NUMBER_ALONE = /^\d+[a-z]?(\s*[-/]\s*\d+[a-z]?)?[\s,.]*$/i;

let draft = newDraft();
let storedDraft: StoredDraft<Draft>;
/** True while the draft has only values that the page filled in; it is saved once the resident enters something. */
let isUntouched = false;

/** Loads the stored draft; call it first. Returns whether the draft is from another tab or visit. */
export async function loadDraft(): Promise<boolean> {
  storedDraft = await openDraft<Draft>("report");
  draft = { ...draft, ...storedDraft.value };
  // Without this, the next save of this tab would restore the sender's details.
  new BroadcastChannel(SIGNED_OUT).addEventListener("message", () => {
    if (draft.account) changeDraft(withoutSender(draft));
  });
  return storedDraft.isResumed;
}

export const currentDraft = (): Readonly<Draft> => draft;

/** A sentence that says where the unsent draft is saved, and for how long. */
export const savedText = (): string => storedDraft.savedText();

export function changeDraft(changes: Partial<Draft>): void {
  isUntouched = false;
  applyChanges(changes);
}

function applyChanges(changes: Partial<Draft>): void {
  draft = { ...draft, ...changes };
  if (!isUntouched) void storedDraft.save(draft);
}

/** Makes the draft a new report, different from what was sent before. */
export function renewKey(): void {
  changeDraft({ key: crypto.randomUUID() });
}

/** Continues another draft in this tab. The one that was begun here stays stored. */
export async function replaceDraft(other: Draft): Promise<void> {
  storedDraft.putAside();
  draft = other;
  await storedDraft.save(draft);
}

/** Ends the draft, but keeps its photos, which are now in the outbox. */
export function releaseDraft(): void {
  draft = newDraft();
  storedDraft.drop();
}

export function finishDraft(): void {
  const photos = draft.photos.map(({ id }) => id);
  releaseDraft();
  if (photos.length) void import("./photo-store.ts").then(({ deletePhotos }) => deletePhotos(photos));
}

/** Moves the pin. An address that the resident typed stays; one that was suggested is replaced. */
export function movePin({ lat, long }: Place, place_label = "", suggested_address = ""): void {
  changeDraft({
    lat,
    long,
    place_label,
    in_words: false,
    asset: null,
    nearest_house: "",
    ...withSuggestion(suggested_address),
  });
}

/** Puts the pin at a place that the resident did not choose. */
export function proposePin({ lat, long }: Place): void {
  isUntouched = !isWritten(draft);
  applyChanges({ lat, long });
}

/** Suggests the street as the address, unless the suggested address is in that street. An address that the resident
 * is typing stays as it is. */
export function suggestStreet(street: string, isTyping: boolean): void {
  if (street !== streetOf(draft.suggested_address))
    applyChanges(isTyping ? { suggested_address: street } : withSuggestion(street));
}

/** Names the house nearest to the pin. It is the suggested address if only its street was; what the resident typed or
 * searched for stays. */
export function setNearestHouse(nearest_house: string, isTyping: boolean): void {
  const isStreet = draft.suggested_address === streetOf(nearest_house);
  applyChanges({ nearest_house, ...(isStreet && !isTyping ? withSuggestion(nearest_house) : {}) });
}

/** The suggested address after the pin moves: the house number is that of the place before. */
export const lastingSuggestion = (): string => streetOf(draft.suggested_address);

/** Whether it has anything but a place. */
export const isWritten = ({ service_code, description, address, photos }: Readonly<Draft>) =>
  Boolean(service_code || description || address || photos.length);

function withSuggestion(suggested_address: string): Pick<Draft, "address" | "suggested_address"> {
  const isOwn = draft.address !== draft.suggested_address;
  return { address: isOwn ? draft.address : suggested_address, suggested_address };
}

const streetOf = (address: string) => address.replace(HOUSE_NUMBER, "").trim();

/** The address: a house number typed alone is put before the street that was found. The house that only is nearest to
 * the pin is not named as the place itself. */
export function addressOf({ address, suggested_address, nearest_house }: Readonly<Draft>): string {
  const typed = address.trim();
  if (typed && typed === nearest_house) return say("Near {place}", { place: typed });
  const street = streetOf(suggested_address);
  return NUMBER_ALONE.test(typed) && street ? `${typed.replace(/[\s,.]+$/, "")} ${street}` : typed;
}

/** Identifies the report, its service and its place; when it changes, earlier questions are asked again. */
export function draftSubject(): string {
  const { key, service_code, lat, long } = draft;
  return `${key} ${service_code}@${lat},${long}`;
}

/** The account that sends the report: empty for an anonymous report, unless staff send it for a resident. */
export function senderOf(draft: Draft): string {
  return draft.anonymous && !isAssisted(draft) ? "" : draft.account;
}

/** The asset that the report is about, if it belongs to the chosen service. */
export function assetOf({ asset, service_code }: Draft): Draft["asset"] {
  return asset?.service_code === service_code ? asset : null;
}

export function placeOf({ lat, long }: { lat?: number; long?: number }): Place | null {
  return lat === undefined || long === undefined ? null : { lat, long };
}
