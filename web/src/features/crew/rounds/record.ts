/** Records an operation of the crew on a round: stored on the phone first, then sent with its other operations. */
import { deviceKey } from "../../../shared/device.ts";
import type { Item } from "../model.ts";
import { items, save, nextSeq } from "../outbox.ts";
import { recordingAccount } from "../state.ts";
import { KIND_WORDS, type RoundDay, type RoundKind, type RoundReason, type RoundSubject } from "./model.ts";

export interface RoundInput {
  kind: RoundKind;
  /** The version that the phone shows of the round's day, or of the address. */
  version: number;
  about?: Partial<RoundSubject>;
  reason?: RoundReason | null;
  text?: string;
}

/** Throws if the phone cannot store it. */
export async function recordRound(of: RoundDay, { kind, version, about = {}, reason = null, text = "" }: RoundInput) {
  const order = `round/${of.round}/${of.day}`;
  const before = (await items()).filter(({ job_id }) => job_id === order).map(({ at }) => at);
  const where = about.street ?? about.address;
  const item: Item = {
    op_id: crypto.randomUUID(),
    seq: await nextSeq(),
    account: recordingAccount(),
    device: deviceKey(),
    job_id: order,
    title: [`Round ${of.round}`, ...(where ? [where] : [])].join(", "),
    report: null,
    kind,
    base_version: version,
    // Never before a waiting operation of the same round, even if the clock was set back.
    at: [new Date().toISOString(), ...before].sort().at(-1)!,
    text: text.trim(),
    reason,
    lat: null,
    long: null,
    photos: [],
    sent_photos: null,
    tries: 0,
    attention: null,
    round: { code: of.round, day: of.day, ...about },
  };
  await save(item);
  void navigator.storage?.persist?.().catch(() => false);
}

export const isRoundKind = (kind: string): kind is RoundKind => kind in KIND_WORDS;
