/** Puts the draft into the outbox when it cannot be sent now. */
import type { Service } from "../../shared/council.ts";
import { isAssisted } from "../../shared/pending-report.ts";
import { requestBody } from "./body.ts";
import { addressOf, currentDraft, senderOf } from "./draft.ts";
import { addToOutbox } from "./outbox-add.ts";

/** Returns whether the report is stored. If not, this browser cannot store it, and the page has to send it. */
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
      body: requestBody(draft, service, []),
      photos: photos.map(({ id, n, uploaded }) => ({
        id,
        n,
        ...(uploaded?.key === draft.key ? { uploaded: { photo_id: uploaded.photo_id, at } } : {}),
      })),
    },
  });
}
