/** Lets an update that cannot be sent now wait in the outbox. */
import { element } from "../../shared/dom.ts";
import { type UpdateDraft, updateBody } from "../../shared/pending-update.ts";
import { say } from "../../shared/say.ts";
import { notifyOutboxChange, sendWaiting } from "../app/outbox-notices.ts";
import { addToOutbox } from "../report/outbox-add.ts";

/** Returns the message for its sender, or null if this browser cannot store it. A null `account` is not known yet. */
export async function queueUpdate(
  draft: UpdateDraft,
  report: string,
  title: string,
  account: string | null,
): Promise<(Node | string)[] | null> {
  const isStored = await addToOutbox({
    key: draft.key,
    at: Date.now(),
    update_of: report,
    title,
    where: "",
    account,
    for_other: false,
    content: { draft, body: updateBody(draft), photos: draft.photos.map(({ id, n }) => ({ id, n })) },
  });
  if (!isStored) return null;
  notifyOutboxChange();
  void sendWaiting();
  return [
    say("Your update is saved on this device. We'll send it when you have a connection. "),
    element("a", { href: "/report/#waiting" }, say("See what is waiting")),
  ];
}
