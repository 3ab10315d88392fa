/** A job's state, as a tag. */
import { element } from "../../shared/dom.ts";
import type { JobState } from "../crew/model.ts";
import { STATES } from "../crew/words.ts";

export function jobTag(state: JobState): HTMLElement {
  const [words, kind] = STATES[state];
  return element(
    "strong",
    { class: kind ? `govuk-tag app-tag--${kind}` : "govuk-tag" },
    state === "planned" ? "Planned" : words,
  );
}
