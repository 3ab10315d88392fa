/** Permanently removes text from a report. */
import { byId, show } from "../../shared/dom.ts";
import { clearErrors, showErrors } from "../../shared/form-errors.ts";
import { changeCase, here, may } from "./current-case.ts";

const form = byId<HTMLFormElement>("removal-form");
const title = byId<HTMLInputElement>("title");
const description = byId<HTMLTextAreaElement>("redacted");
const address = byId<HTMLInputElement>("address");
const forget = byId<HTMLInputElement>("forget-contact");
let stored = ["", "", ""];

export function startTakeOut(): void {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void takeOut();
  });
}

/** Fills in the fields that were not edited. */
export function drawTakeOut(): void {
  show(byId("removal"), may("change"));
  const now = [here.shown.title ?? "", here.shown.description, here.shown.address ?? ""];
  [title, description, address].forEach((field, index) => {
    if (field.value === stored[index]) field.value = now[index]!;
  });
  stored = now;
}

async function takeOut(): Promise<void> {
  clearErrors(form);
  const [had, said, there] = [title, description, address].map((field, index) =>
    field.value === stored[index] ? null : field.value.trim(),
  );
  if (said === "") return showErrors(form, [{ field: "redacted", message: "The description cannot be empty" }]);
  const clear = [
    ...(had === "" ? ["title"] : []),
    ...(there === "" ? ["address"] : []),
    ...(forget.checked ? ["contact"] : []),
  ];
  const changes = {
    ...(had ? { title: had } : {}),
    ...(said ? { description: said } : {}),
    ...(there ? { address: there } : {}),
    ...(clear.length ? { clear } : {}),
  };
  if (!Object.keys(changes).length) return showErrors(form, [{ field: "title", message: "Remove some text first" }]);
  if (await changeCase(form, changes, "Text removed.", "title")) {
    forget.checked = false;
    stored = [title, description, address].map((field) => field.value);
    drawTakeOut();
  }
}
