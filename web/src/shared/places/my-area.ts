/** The resident's own place, stored in this browser only. */
import { storedValue } from "../stored-value.ts";
import type { Place } from "../reports.ts";

export interface MyArea extends Place {
  /** The name of the place; empty if it is a point. */
  label: string;
  ward: string;
}

export const myArea = storedValue<MyArea>(
  () => localStorage,
  "ginnel.my-area",
  ({ lat, long, ward }) => Number.isFinite(lat) && Number.isFinite(long) && Boolean(ward),
);
