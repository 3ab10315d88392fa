/** Operations that are not sent yet, in order. */
import { createQueue } from "../../shared/queue.ts";
import { retryWithRoom } from "./stored-files.ts";
import type { Item } from "./model.ts";

const DATABASE = "crew_outbox";
const STORE = "operations";

export const {
  save,
  items,
  remove,
  nextSeq,
  withLock,
  change: changeItem,
} = createQueue<Item>({
  open: () => indexedDB.open(DATABASE, 1),
  store: STORE,
  keyPath: "op_id",
  lock: "ginnel-crew-outbox",
  withRoom: retryWithRoom,
});
