/** My details: name, language, preferred contact, and addresses, each confirmed by a code. */
import { actionButton, byId, element, focusOn, show, screenReaderText } from "../../shared/dom.ts";
import { clearErrors, showErrors } from "../../shared/form-errors.ts";
import { call } from "../../shared/session.ts";
import { ACCOUNT, type AddressKind, type OwnAccount, saveAccount } from "./model.ts";
import { sendChange, openPage, showMessage } from "./page.ts";
import { say } from "../../shared/say.ts";

interface CodeAttempt {
  attempt_id: string;
}

/** The languages that the council offers: their codes, and their names in themselves. */
declare const LANGUAGES: [string, string][];
const WAYS: Record<AddressKind, string> = { email: say("By email"), phone: say("By phone") };

const details = byId<HTMLFormElement>("details-form");
const addressForm = byId<HTMLFormElement>("address-form");
const codeForm = byId<HTMLFormElement>("code-form");
const name = byId<HTMLInputElement>("name");
const language = byId<HTMLSelectElement>("language");
const address = byId<HTMLInputElement>("address");
const code = byId<HTMLInputElement>("code");
let account: OwnAccount;
/** The form's values when it was filled in: only changed values are sent. */
let savedValues: Record<string, string>;
let attempt: CodeAttempt | null = null;

onSubmit(details, saveDetails);
onSubmit(addressForm, requestCode);
onSubmit(codeForm, confirmCode);
byId("other-address").addEventListener("click", () => showCodeForm(null));
void openPage<OwnAccount>(ACCOUNT, showAccount);

function onSubmit(form: HTMLFormElement, act: () => Promise<void>): void {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void act();
  });
}

function showAccount(read: OwnAccount): void {
  account = read;
  name.value = read.name ?? "";
  const isOffered = LANGUAGES.some(([code]) => code === read.language);
  const earlier: [string, string][] = read.language && !isOffered ? [[read.language, read.language]] : [];
  language.replaceChildren(
    element("option", { value: "" }, say("No preference")),
    ...[...LANGUAGES, ...earlier].map(([value, text]) => element("option", { value, lang: value }, text)),
  );
  language.value = read.language ?? "";
  showAddresses(read);
  savedValues = readForm();
}

function showAddresses({ addresses, reach_by }: OwnAccount): void {
  byId("addresses").replaceChildren(...addresses.map(({ value }) => addressEntry(value)));
  const kinds = (["email", "phone"] as const).filter((kind) => addresses.some((each) => each.kind === kind));
  const ways: [string, string][] = [
    ...kinds.map((kind): [string, string] => [kind, WAYS[kind]]),
    ["", say("No preference")],
  ];
  byId("reach-choices").replaceChildren(
    ...ways.map(([value, text], index) => radio(value, text, index, reach_by ?? "")),
  );
}

function addressEntry(value: string): HTMLElement {
  const remove = actionButton(say("Remove"), () => void drop());
  remove.id = `remove-${value}`;
  remove.append(screenReaderText(` ${value}`));
  const entry = element(
    "section",
    { class: "app-entry" },
    element("p", { class: "app-entry__name" }, value),
    element("div", { class: "app-buttons" }, remove),
  );
  return entry;

  async function drop(): Promise<void> {
    const saved = await sendChange(
      entry,
      () => call<OwnAccount>("POST", `${ACCOUNT}/addresses/removal`, { address: value }),
      () => remove.id,
    );
    if (!saved) return;
    account.version = saved.version;
    showAddresses(saved);
    showMessage(say("{address} removed. You can no longer sign in with it.", { address: value }));
  }
}

function radio(value: string, text: string, index: number, chosen: string): HTMLElement {
  const id = index === 0 ? "reach_by" : `reach_by-${index}`;
  const input = element("input", { class: "govuk-radios__input", id, name: "reach_by", type: "radio", value });
  input.checked = value === chosen;
  return element(
    "div",
    { class: "govuk-radios__item" },
    input,
    element("label", { class: "govuk-label govuk-radios__label", for: id }, text),
  );
}

async function saveDetails(): Promise<void> {
  const entries = Object.entries(readForm()).filter(([field, value]) => value !== savedValues[field]);
  const clear = entries.filter(([, value]) => !value).map(([field]) => field);
  const changes = { ...Object.fromEntries(entries.filter(([, value]) => value)), clear };
  const saved = await sendChange(
    details,
    () => saveAccount(account, changes),
    (field) => field || "name",
  );
  if (!saved) return;
  showAccount(saved);
  showMessage(say("Your details have been saved."));
}

function readForm(): Record<string, string> {
  const reach_by = details.querySelector<HTMLInputElement>("input[name=reach_by]:checked")?.value ?? "";
  return { name: name.value.trim(), language: language.value, reach_by };
}

async function requestCode(): Promise<void> {
  if (!address.value.trim())
    return showErrors(addressForm, [{ field: "address", message: say("Enter an email address or mobile number") }]);
  const sent = { address: address.value.trim() };
  const made = await sendChange(
    addressForm,
    () => call<CodeAttempt>("POST", `${ACCOUNT}/addresses`, sent),
    () => "address",
  );
  if (made) showCodeForm(made);
}

/** Shows the form for the code or, if no code was sent, the form for an address. */
function showCodeForm(made: CodeAttempt | null): void {
  attempt = made;
  show(codeForm, made !== null);
  show(addressForm, made === null);
  clearErrors(codeForm);
  clearErrors(addressForm);
  byId("code-sent").textContent = say("We've sent a 6-digit code to {address}. The code works for 10 minutes.", {
    address: address.value.trim(),
  });
  focusOn(made ? code : address);
}

async function confirmCode(): Promise<void> {
  const digits = code.value.replace(/\D/g, "");
  if (digits.length !== 6) return showErrors(codeForm, [{ field: "code", message: say("Enter the 6-digit code") }]);
  const proof = { attempt_id: attempt!.attempt_id, code: digits };
  const saved = await sendChange(
    codeForm,
    () => call<OwnAccount>("POST", `${ACCOUNT}/addresses/confirmation`, proof),
    () => "code",
  );
  if (!saved) return;
  account.version = saved.version;
  const added = address.value.trim();
  for (const form of [addressForm, codeForm]) form.reset();
  showAddresses(saved);
  showCodeForm(null);
  showMessage(say("{address} added.", { address: added }));
}
