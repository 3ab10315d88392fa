/** Puts something into the outbox. */
import { deviceKey } from "../../shared/device.ts";
import { sendInBackground } from "../../shared/queue-timer.ts";
import { save, nextSeq, type WaitingReport } from "./outbox.ts";
import { areStored } from "./photo-store.ts";
import { waitingTexts } from "./waiting-texts.ts";

const TAG = "ginnel-outbox";

export type NewItem = Omit<WaitingReport, "seq" | "device" | "attention" | "sent" | "texts">;

/** Returns whether it is stored with its photos. If not, this browser cannot store it, and the page has to send it. */
export async function addToOutbox(item: NewItem): Promise<boolean> {
  if (!navigator.locks) return false;
  try {
    if (!(await areStored(item.content!.photos.map(({ id }) => id)))) return false;
    const texts = waitingTexts(item);
    await save({ ...item, texts, seq: await nextSeq(), device: deviceKey(), attention: null, sent: null });
  } catch {
    return false;
  }
  void navigator.storage?.persist?.().catch(() => false);
  void sendInBackground("/", TAG);
  return true;
}
