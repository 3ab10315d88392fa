/** Whether a report waits to be sent, or was sent and its sender has not been told, without opening the database. */
import { keptValue } from "../../shared/kept-value.ts";

export const hasOutbox = keptValue<boolean>(() => localStorage, "ginnel.outbox", Boolean);
