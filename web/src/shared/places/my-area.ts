/** The place that somebody calls theirs, kept on this phone only. */
import type { Place } from "../reports.ts";

export interface MyArea extends Place {
  /** What the place is called; nothing where it is a point. */
  label: string;
  ward: string;
}

const PLACE = "ginnel.my-area";

export function myArea(): MyArea | null {
  return JSON.parse(localStorage.getItem(PLACE) ?? "null") as MyArea | null;
}

export function rememberArea(area: MyArea): void {
  localStorage.setItem(PLACE, JSON.stringify(area));
}

export function forgetArea(): void {
  localStorage.removeItem(PLACE);
}
