/** The steps of setting up alerts, in order, and which one can be shown. */
import type { Draft } from "./draft.ts";
import { mayHavePlace } from "./words.ts";

export const STEPS = ["what", "where", "ward", "when", "how", "sent"] as const;
export type Step = (typeof STEPS)[number];

/** The step after the choice of topic. */
export function stepAfterTopic({ kind }: Pick<Draft, "kind">): Step {
  return kind === "ward" ? "ward" : mayHavePlace(kind) ? "where" : "when";
}

/** The step to show when `wanted` is requested: an earlier one if that still needs an answer. */
export function allowedStep(wanted: Step, draft: Draft): Step {
  const { kind, place, ward_code, receipt } = draft;
  if (wanted === "sent") return receipt ? "sent" : "what";
  if (!kind || wanted === "what") return "what";
  if (wanted === "where" || wanted === "ward") return stepAfterTopic(draft);
  if ((kind === "area" && !place) || (kind === "ward" && !ward_code)) return stepAfterTopic(draft);
  return wanted;
}
