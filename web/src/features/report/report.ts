/** The report page: its steps, and what each does when it is entered. */
import { clearErrors } from "../../shared/form-errors.ts";
import { enterCheck, startCheck } from "./check.ts";
import { enterContact, startContact } from "./contact.ts";
import { enterDescription, startDescription } from "./description.ts";
import { currentDraft, firstUnanswered } from "./draft.ts";
import { enterSent, hasSent } from "./sent.ts";
import { enterService, startService } from "./service.ts";
import { goTo, sectionOf, startSteps, STEPS, type StepName } from "./steps.ts";
import { enterWhere, startWhere } from "./where.ts";

const ENTER: Record<StepName, () => void | Promise<void>> = {
  where: enterWhere,
  service: enterService,
  description: enterDescription,
  contact: enterContact,
  check: enterCheck,
  sent: enterSent,
};

function allowed(wanted: StepName): StepName {
  if (wanted === "sent") return hasSent() ? "sent" : "where";
  const missing = firstUnanswered();
  return missing && STEPS.indexOf(missing) < STEPS.indexOf(wanted) ? missing : wanted;
}

function onwardFrom(step: StepName): () => void {
  const next = STEPS[STEPS.indexOf(step) + 1]!;
  return () => goTo(currentDraft().checked && !firstUnanswered() ? "check" : next);
}

startWhere(onwardFrom("where"));
startService(onwardFrom("service"));
startDescription(onwardFrom("description"));
startContact(onwardFrom("contact"));
startCheck(goTo);
startSteps(allowed, (step) => {
  clearErrors(sectionOf(step));
  void ENTER[step]();
});
