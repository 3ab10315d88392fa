/** One member of staff, with the form that changes their permissions. */
import type { FieldError, Outcome } from "../../shared/api.ts";
import { actionButton, element, focusOn, screenReaderText, whileBusy } from "../../shared/dom.ts";
import { clearErrors, showErrors } from "../../shared/form-errors.ts";
import { call, errorsOf } from "../../shared/session.ts";
import { type Grant, grantText, type Limits, nameOf, type Person } from "./model.ts";
import { readGrants, roleFields } from "./roles.ts";

interface Changes {
  grants?: Grant[];
  disabled?: boolean;
}

/** `own` is the id of the signed-in administrator, who cannot change their own permissions. */
export function personEntry(person: Person, own: string, limits: Limits): HTMLElement {
  const body = element("div");
  const status = element("p", { class: "app-told", role: "status" });
  const address = `/api/admin/people/${person.account_id}`;
  show(person);
  return element("section", { class: "app-person" }, body, status);

  function show(now: Person): void {
    body.replaceChildren(
      heading(now),
      summary(now, limits),
      ...(now.account_id === own ? [ownNote()] : [actions(now)]),
    );
  }

  function actions(now: Person): HTMLElement {
    const about = screenReaderText(` ${nameOf(now)}`);
    const change = actionButton("Change roles", () => edit(now, now.grants));
    change.append(about);
    const disable = actionButton(
      now.disabled_at ? "Enable" : "Disable",
      () => void save(now, { disabled: !now.disabled_at }),
    );
    disable.append(about.cloneNode(true));
    return element("div", { class: "govuk-button-group" }, change, disable);
  }

  /** Shows the form below the present permissions. */
  function edit(now: Person, ticked: Grant[]): void {
    status.textContent = "";
    const key = `${now.account_id}-`;
    const button = element("button", { class: "govuk-button", type: "submit" }, "Save");
    const cancel = actionButton("Cancel", () => showAgain(now, ""));
    const form = element(
      "form",
      { novalidate: "" },
      roleFields(key, ticked, limits),
      element("div", { class: "govuk-button-group" }, button, cancel),
    );
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      void save(now, { grants: readGrants(form, key) });
    });
    body.replaceChildren(heading(now), summary(now, limits), form);
    focusOn(body.querySelector("h3")!);
  }

  async function save(now: Person, changes: Changes): Promise<void> {
    clearErrors(body);
    const outcome = await whileBusy(body, () =>
      call<Person>("PATCH", address, changes, { "If-Match": `"${now.version}"` }),
    );
    if (outcome.kind === "stored") return showAgain(outcome.value, doneText(outcome.value, changes));
    if (outcome.kind === "refused" && outcome.problem.status === 409) await readAgain(changes);
    showErrors(body, personErrors(outcome, now));
  }

  /** Reads the person again after a conflict. The chosen roles stay, to be saved on the new version. */
  async function readAgain({ grants }: Changes): Promise<void> {
    const read = await whileBusy(body, () => call<Person>("GET", address));
    if (read.kind !== "stored") return;
    if (grants) edit(read.value, grants);
    else show(read.value);
  }

  function showAgain(now: Person, text: string): void {
    show(now);
    focusOn(body.querySelector("h3")!);
    status.textContent = text;
  }
}

function doneText(person: Person, { disabled }: Changes): string {
  if (disabled === undefined) return `You have changed what ${nameOf(person)} can do.`;
  return disabled
    ? `${nameOf(person)} has been signed out everywhere, and cannot sign in.`
    : `${nameOf(person)} can sign in again.`;
}

function personErrors(outcome: Outcome<Person>, { account_id }: Person): FieldError[] {
  return errorsOf(outcome).map(({ message }) => ({ field: `${account_id}-grants`, message }));
}

function heading(person: Person): HTMLElement {
  const tags = [...(person.is_pending ? ["Not signed in yet"] : []), ...(person.disabled_at ? ["Disabled"] : [])];
  return element(
    "h3",
    {},
    nameOf(person),
    ...tags.flatMap((text) => [" ", element("strong", { class: "govuk-tag" }, text)]),
  );
}

function summary(person: Person, limits: Limits): HTMLElement {
  const grants = person.grants.map((grant) => grantText(grant, limits));
  const known = [person.address ?? "", person.subject ? `Council sign-in: ${person.subject}` : ""];
  const lines = [
    ...known.filter((text) => text && text !== nameOf(person)),
    ...(grants.length ? grants : ["Resident, with no staff permissions"]),
  ];
  return element("ul", { class: "govuk-list" }, ...lines.map((text) => element("li", {}, text)));
}

function ownNote(): HTMLElement {
  return element("p", { class: "app-muted" }, "This is you. Another administrator can change what you can do.");
}
