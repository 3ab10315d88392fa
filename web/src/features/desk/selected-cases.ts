/** The cases selected in the queue, for the page that changes them together. */
import { storedValue } from "../../shared/stored-value.ts";

export interface SelectedCase {
  service_request_id: string;
  version: number;
  title: string;
}

/** The most cases that the API changes in one request. */
export const MOST_CHOSEN = 100;

export const selectedCases = storedValue<SelectedCase[]>(
  () => sessionStorage,
  "ginnel.desk-chosen",
  (cases) =>
    cases.every(
      ({ service_request_id, version }) => typeof service_request_id === "string" && Number.isInteger(version),
    ),
);
