/** The place that somebody calls theirs, kept on this phone only. */
import { keptValue } from "../kept-value.ts";
import type { Place } from "../reports.ts";

export interface MyArea extends Place {
  /** What the place is called; nothing where it is a point. */
  label: string;
  ward: string;
}

export const myArea = keptValue<MyArea>(
  () => localStorage,
  "ginnel.my-area",
  ({ lat, long, ward }) => Number.isFinite(lat) && Number.isFinite(long) && Boolean(ward),
);
