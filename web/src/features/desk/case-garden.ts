/** The garden waste subscription that a case bought, and the form that cancels it. */
import { choiceItems, checkedValues } from "../../shared/choices.ts";
import { byId, element, focusOn, show } from "../../shared/dom.ts";
import { clearErrors, showErrors } from "../../shared/form-errors.ts";
import { call } from "../../shared/session.ts";
import { showStatus, showFailure } from "../../shared/staff-page.ts";
import { factRows } from "./case-facts.ts";
import { casePage, pathOf, sendForCase } from "./current-case.ts";
import { cancellationFaults, gardenFacts, MONEY_BACK, moneyChoices, REASONS } from "./garden-words.ts";
import type { CaseGarden } from "./model.ts";

const NOTHING: CaseGarden = { subscription: null, may_cancel: false, refund_pence: 0 };
const box = byId("garden");
const form = byId<HTMLFormElement>("garden-form");
const reason = byId<HTMLSelectElement>("garden-reason");
let shown = NOTHING;

export function startGarden(): void {
  const choices = REASONS.map(([value, words]) => element("option", { value }, words));
  reason.replaceChildren(element("option", { value: "" }, "Choose a reason"), ...choices);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void cancel();
  });
}

/** Shows the subscription as it is now. */
export function drawGarden(): void {
  if (mayHaveSubscription()) void load().then(showGarden);
  else showGarden(NOTHING);
}

function showGarden(found: CaseGarden): void {
  shown = found;
  const { subscription } = found;
  show(box, subscription !== null);
  if (!subscription) return;
  byId("garden-facts").replaceChildren(
    ...factRows(gardenFacts(subscription).map(([name, value]): [string, string[]] => [name, [value]])),
  );
  show(byId("garden-cancel"), shown.may_cancel);
  byId("garden-money-choices").replaceChildren(...choiceItems("radio", "garden-money", moneyChoices(shown), []));
}

/** A subscription is bought for premises, and nothing is booked. */
function mayHaveSubscription(): boolean {
  const { order, premises_id: premisesId } = casePage.shown;
  return order !== null && order.booking === null && premisesId !== null;
}

async function load(): Promise<CaseGarden> {
  const found = await call<CaseGarden>("GET", pathOf(casePage.shown, "/garden"));
  if (found.kind === "stored") return found.value;
  showFailure(found);
  return NOTHING;
}

async function cancel(): Promise<void> {
  const [money] = checkedValues(form, "garden-money");
  const faults = cancellationFaults(reason.value, money);
  clearErrors(form);
  if (faults.length) return showErrors(form, faults);
  const path = `/api/premises/${encodeURIComponent(shown.subscription!.premises_id)}/garden/cancellation`;
  const body = { reason: reason.value, refund: money === MONEY_BACK };
  if (!(await sendForCase(form, path, body, {}, reason.id))) return;
  form.reset();
  showStatus("The subscription is cancelled.");
  focusOn(byId("garden-heading"));
}
