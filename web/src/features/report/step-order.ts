/** The steps of a report, in order. */
export const STEPS = [
  "begun",
  "where",
  "service",
  "elsewhere",
  "sign-in",
  "asset",
  "nearby",
  "details",
  "danger",
  "personal",
  "check",
  "waiting",
  "sent",
  "followed",
] as const;
export type StepName = (typeof STEPS)[number];

export const indexOf = (step: StepName): number => STEPS.indexOf(step);
