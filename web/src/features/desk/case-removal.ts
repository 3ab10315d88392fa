/** Permanently removes text from a report. */
import { byId, show } from "../../shared/dom.ts";
import { clearErrors, showErrors } from "../../shared/form-errors.ts";
import { changeCase, casePage, may } from "./current-case.ts";

const form = byId<HTMLFormElement>("removal-form");
const title = byId<HTMLInputElement>("title");
const description = byId<HTMLTextAreaElement>("redacted");
const address = byId<HTMLInputElement>("address");
const forget = byId<HTMLInputElement>("forget-contact");
let stored = ["", "", ""];

export function startRemoval(): void {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void removeText();
  });
}

/** Fills in the fields that were not edited. */
export function drawRemoval(): void {
  show(byId("removal"), may("change"));
  const now = [casePage.shown.title ?? "", casePage.shown.description, casePage.shown.address ?? ""];
  [title, description, address].forEach((field, index) => {
    if (field.value === stored[index]) field.value = now[index]!;
  });
  stored = now;
}

async function removeText(): Promise<void> {
  clearErrors(form);
  const [newTitle, newDescription, newAddress] = [title, description, address].map((field, index) =>
    field.value === stored[index] ? null : field.value.trim(),
  );
  if (newDescription === "")
    return showErrors(form, [{ field: "redacted", message: "The description cannot be empty" }]);
  const clear = [
    ...(newTitle === "" ? ["title"] : []),
    ...(newAddress === "" ? ["address"] : []),
    ...(forget.checked ? ["contact"] : []),
  ];
  const changes = {
    ...(newTitle ? { title: newTitle } : {}),
    ...(newDescription ? { description: newDescription } : {}),
    ...(newAddress ? { address: newAddress } : {}),
    ...(clear.length ? { clear } : {}),
  };
  if (!Object.keys(changes).length) return showErrors(form, [{ field: "title", message: "Remove some text first" }]);
  if (await changeCase(form, changes, "Text removed.", "title")) {
    forget.checked = false;
    stored = [title, description, address].map((field) => field.value);
    drawRemoval();
  }
}
