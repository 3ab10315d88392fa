/** Deletes my account. */
import { byId, focusOn, show } from "../../shared/dom.ts";
import { call } from "../../shared/session.ts";
import { forgetSender } from "./forget-sender.ts";
import { ACCOUNT } from "./model.ts";
import { change, openPage, tell } from "./page.ts";

const form = byId<HTMLFormElement>("forget-form");
const redact = byId<HTMLInputElement>("redact");
const forgotten = byId("forgotten");

form.addEventListener("submit", (event) => {
  event.preventDefault();
  void forget();
});
void openPage(ACCOUNT, () => undefined);

async function forget(): Promise<void> {
  const done = await change(
    form,
    () => call("POST", `${ACCOUNT}/erasure`, { redact: redact.checked }),
    () => "forget",
  );
  if (!done) return;
  await forgetSender();
  tell();
  for (const id of ["account-head", "account-page"]) show(byId(id), false);
  show(forgotten);
  focusOn(forgotten.querySelector("h1")!);
}
