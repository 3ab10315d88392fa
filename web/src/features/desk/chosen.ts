/** The cases that were ticked in the queue, for the page that changes them together. */
import { keptValue } from "../../shared/kept-value.ts";

export interface Chosen {
  service_request_id: string;
  version: number;
  title: string;
}

/** As many as the API takes in one go. */
export const MOST_CHOSEN = 100;

export const chosenCases = keptValue<Chosen[]>(
  () => sessionStorage,
  "ginnel.desk-chosen",
  (cases) => cases.every(({ service_request_id, version }) => typeof service_request_id === "string" && Number.isInteger(version)),
);
