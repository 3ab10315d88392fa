/** When a photo was taken, by the camera's clock. */
import { dayText } from "../../shared/dates.ts";

const TIME = /\d\d:\d\d/;

export function takenText(taken: string): string {
  return `${dayText(`${taken}Z`, "UTC")}, ${TIME.exec(taken)![0]}`;
}
