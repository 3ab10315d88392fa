/** Months without a day, such as 2026-05. */
import { say } from "./say.ts";

/** Intl has no Welsh in every browser, so the names are texts. */
const NAMES: [long: string, short: string][] = [
  [say("January"), say("Jan")],
  [say("February"), say("Feb")],
  [say("March"), say("Mar")],
  [say("April"), say("Apr")],
  [say("May"), say("May")],
  [say("June"), say("Jun")],
  [say("July"), say("Jul")],
  [say("August"), say("Aug")],
  [say("September"), say("Sept")],
  [say("October"), say("Oct")],
  [say("November"), say("Nov")],
  [say("December"), say("Dec")],
];

const nameOf = (month: string) => NAMES[Number(month.slice(5)) - 1]!;

/** Such as May 2026. */
export const monthText = (month: string) => `${nameOf(month)[0]} ${month.slice(0, 4)}`;

/** Such as May. */
export const shortMonth = (month: string) => nameOf(month)[1];
