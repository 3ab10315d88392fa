/** Deletes my account. */
import { byId, focusOn, show } from "../../shared/dom.ts";
import { call } from "../../shared/session.ts";
import { forgetSender } from "./forget-sender.ts";
import { ACCOUNT } from "./model.ts";
import { sendChange, openPage, setStatus } from "./page.ts";

const form = byId<HTMLFormElement>("forget-form");
const redact = byId<HTMLInputElement>("redact");
const confirmation = byId("forgotten");

form.addEventListener("submit", (event) => {
  event.preventDefault();
  void deleteAccount();
});
void openPage(ACCOUNT, () => undefined);

async function deleteAccount(): Promise<void> {
  const done = await sendChange(
    form,
    () => call("POST", `${ACCOUNT}/erasure`, { redact: redact.checked }),
    () => "forget",
  );
  if (!done) return;
  await forgetSender();
  setStatus();
  for (const id of ["account-head", "account-page"]) show(byId(id), false);
  show(confirmation);
  focusOn(confirmation.querySelector("h1")!);
}
