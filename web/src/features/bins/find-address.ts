/** Finds an address by its postcode, and its rounds. */
import { byId, element, show, whileBusy } from "../../shared/dom.ts";
import { askPremises } from "../../shared/collections/ask-premises.ts";
import { askRounds, roundsIn } from "../../shared/collections/premises-rounds.ts";
import type { RememberedPremises } from "../../shared/collections/saved-address.ts";
import { clearErrors, showErrors } from "../../shared/form-errors.ts";
import { fullPostcode } from "../../shared/places/postcode.ts";
import { type Outcome, reasonOf } from "../../shared/outcome.ts";
import { say, sayMany } from "../../shared/say.ts";

interface ListedPremises {
  premises_id: string;
  address: string;
}

const section = document.querySelector<HTMLElement>('[data-view="find"]')!;
const postcodeForm = byId<HTMLFormElement>("postcode-form");
const postcode = byId<HTMLInputElement>("postcode");
const addressForm = byId<HTMLFormElement>("address-form");
const address = byId<HTMLSelectElement>("premises");
const status = byId("find-status");

export function startAddressSearch(onFound: (premises: RememberedPremises) => void): void {
  postcodeForm.addEventListener("submit", (event) => {
    event.preventDefault();
    void whileBusy(postcodeForm, findAddresses);
  });
  addressForm.addEventListener("submit", (event) => {
    event.preventDefault();
    void whileBusy(addressForm, async () => {
      const premises = await findRounds();
      if (premises) onFound(premises);
    });
  });
}

async function findAddresses(): Promise<void> {
  startSearch(say("Finding addresses…"));
  show(addressForm, false);
  const typed = fullPostcode(postcode.value) ?? postcode.value.trim();
  postcode.value = typed;
  const answer = await askPremises<{ items: ListedPremises[] }>(`?${new URLSearchParams({ postcode: typed })}`);
  if (answer.kind !== "stored") return showFailure("postcode", answer);
  const { items } = answer.value;
  if (items.length === 0)
    return showError("postcode", say("We collect no bins at this postcode. Check that it is right"));
  status.textContent = sayMany(items.length, "1 address", "{count} addresses");
  address.replaceChildren(...items.map((each) => element("option", { value: each.premises_id }, each.address)));
  show(addressForm);
  address.focus();
}

/** Null if they cannot be loaded. */
async function findRounds(): Promise<RememberedPremises | null> {
  startSearch(say("Finding your bin days…"));
  const premises_id = address.value;
  const answer = await askRounds(premises_id);
  if (answer.kind !== "stored") {
    showFailure("premises", answer);
    return null;
  }
  status.textContent = "";
  const named = { premises_id, address: address.selectedOptions[0]!.text };
  return { ...named, ...roundsIn(answer.value), checked_at: Date.now() };
}

function startSearch(text: string): void {
  clearErrors(section);
  status.textContent = text;
}

function showFailure(field: string, answer: Exclude<Outcome<never>, { kind: "stored" }>): void {
  if (answer.kind === "refused") return showError(field, reasonOf(answer.problem));
  showError(field, answer.why ?? say("We could not reach the service. Check your connection and try again"));
}

function showError(field: string, message: string): void {
  status.textContent = "";
  showErrors(section, [{ field, message }]);
}
