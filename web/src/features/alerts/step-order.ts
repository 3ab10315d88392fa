/** The steps to alerts, in their order, and which one may be shown. */
import type { Draft } from "./draft.ts";
import { mayHavePlace } from "./words.ts";

export const STEPS = ["what", "where", "ward", "when", "how", "sent"] as const;
export type Step = (typeof STEPS)[number];

/** The step after the choice of what. */
export function afterWhat({ kind }: Pick<Draft, "kind">): Step {
  return kind === "ward" ? "ward" : mayHavePlace(kind) ? "where" : "when";
}

/** The first that still needs an answer, where one further on is asked for. */
export function allowed(wanted: Step, draft: Draft): Step {
  const { kind, place, ward_code, receipt } = draft;
  if (wanted === "sent") return receipt ? "sent" : "what";
  if (!kind || wanted === "what") return "what";
  if (wanted === "where" || wanted === "ward") return afterWhat(draft);
  if ((kind === "area" && !place) || (kind === "ward" && !ward_code)) return afterWhat(draft);
  return wanted;
}
