/** Whether the sender of a case wrote an entry of its timeline. */
import type { Update } from "../../shared/reports.ts";

/** The ids of the entries with which the service says that a sender moved or cancelled an order. */
const ORDER_ACT = /^(cancelled$|moved-)/;

/** Nobody but the sender adds to a case that is not public. */
export function isOfReporter({ visibility }: { visibility: string }, { by, update_id }: Update): boolean {
  return by === "resident" && (visibility !== "public" || ORDER_ACT.test(update_id));
}
