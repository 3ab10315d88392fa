/** Puts the draft into the outbox when it cannot be sent now. */
import type { Service } from "../../shared/council.ts";
import { isAssisted } from "../../shared/pending-report.ts";
import { bodyOf } from "./body.ts";
import { addressOf, currentDraft, senderOf } from "./draft.ts";
import { addToOutbox } from "./outbox-add.ts";

/** Whether the report is stored now. If it is not, this browser cannot keep it, and the page has to send it. */
export function enqueue(service: Service): Promise<boolean> {
  const draft = currentDraft();
  const photos = service.photo === "none" ? [] : draft.photos;
  const at = Date.now();
  return addToOutbox({
    key: draft.key,
    at,
    title: service.service_name,
    where: addressOf(draft) || draft.place_label,
    account: senderOf(draft),
    for_other: isAssisted(draft),
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
}
