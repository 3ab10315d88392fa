/** Puts the draft into the outbox when it cannot be sent now. */
import type { Service } from "../../shared/council.ts";
import { deviceKey } from "../../shared/device.ts";
import { isAssisted } from "../../shared/pending-report.ts";
import { sendInBackground } from "../../shared/queue-timer.ts";
import { bodyOf } from "./body.ts";
import { addressOf, currentDraft, senderOf } from "./draft.ts";
import { keep, nextSeq } from "./outbox.ts";
import { areStored } from "./photo-store.ts";

const TAG = "ginnel-outbox";

/** Whether the report is stored now. If it is not, this browser cannot keep it, and the page has to send it. */
export async function enqueue(service: Service): Promise<boolean> {
  const draft = currentDraft();
  const photos = service.photo === "none" ? [] : draft.photos;
  if (!navigator.locks) return false;
  try {
    if (!(await areStored(photos.map(({ id }) => id)))) return false;
    const at = Date.now();
    await keep({
      key: draft.key,
      seq: await nextSeq(),
      at,
      title: service.service_name,
      where: addressOf(draft) || draft.place_label,
      account: senderOf(draft),
      device: deviceKey(),
      for_other: isAssisted(draft),
      attention: null,
      sent: null,
      content: {
        draft,
        body: bodyOf(draft, service, []),
        photos: photos.map(({ id, n, uploaded }) => ({
          id,
          n,
          ...(uploaded?.key === draft.key ? { uploaded: { photo_id: uploaded.photo_id, at } } : {}),
        })),
      },
    });
  } catch {
    return false;
  }
  void navigator.storage?.persist?.().catch(() => false);
  void sendInBackground("/", TAG);
  return true;
}
