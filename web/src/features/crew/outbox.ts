/** Operations that are not sent yet, in order. */
import { queue } from "../../shared/queue.ts";
import { withRoom } from "./kept-files.ts";
import type { Item } from "./model.ts";

const DATABASE = "crew_outbox";
const STORE = "operations";

export const {
  keep,
  items,
  remove,
  nextSeq,
  alone,
  change: changeItem,
} = queue<Item>({
  open: () => indexedDB.open(DATABASE, 1),
  store: STORE,
  keyPath: "op_id",
  lock: "ginnel-crew-outbox",
  withRoom,
});
