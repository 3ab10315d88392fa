/** Shared by the account pages: opens a page for the signed-in account, or says why it cannot. */
import type { FieldError, Outcome } from "../../shared/api.ts";
import { byId, element, focusOn, show, whileBusy } from "../../shared/dom.ts";
import { clearErrors } from "../../shared/form-errors.ts";
import { isSignedOut } from "../../shared/outcome.ts";
import { call, errorsOf, signInAddress, signOut } from "../../shared/session.ts";
import { forgetSender } from "./forget-sender.ts";
import { say } from "../../shared/say.ts";

const LOAD_FAILED = say("We could not load this page. Check your connection and try again.");
const BUSY = say("The service is busy. Try again in a minute.");

const status = byId("account-status");
const retry = byId<HTMLButtonElement>("try-again");
/** True while signing out. A page that is still loading must then not go to the sign-in page. */
let isLeaving = false;

byId("sign-out").addEventListener("submit", (event) => {
  event.preventDefault();
  void endSession();
});

/** Reads `path` and opens the page with it. If nobody is signed in, goes to the sign-in page, which comes back here. */
export async function openPage<T>(path: string, open: (value: T) => void): Promise<void> {
  const attempt = async () => {
    show(retry, false);
    setStatus(say("Loading…"));
    const read = await call<T>("GET", path);
    if (isLeaving) return;
    if (isSignedOut(read)) return location.replace(signInAddress());
    setStatus(
      read.kind === "refused"
        ? errorsOf(read)[0]!.message
        : read.kind === "later"
          ? read.retryAfterSeconds
            ? BUSY
            : LOAD_FAILED
          : "",
    );
    show(retry, read.kind === "later");
    if (read.kind !== "stored") return;
    open(read.value);
    show(byId("account-page"));
  };
  retry.addEventListener("click", () => void attempt());
  await attempt();
}

/** Sends the request with the form's buttons disabled. Errors are shown in the form, which stays as it is. */
export async function sendChange<T>(
  form: HTMLElement,
  request: () => Promise<Outcome<T>>,
  field: (name: string) => string,
): Promise<T | null> {
  clearErrors(form);
  setStatus("");
  const outcome = await whileBusy(form, request);
  if (outcome.kind === "stored") return outcome.value;
  const { showRefusedFields } = await import("../../shared/error-sentences.ts");
  showRefusedFields(
    form,
    errorsOf(outcome).map((fault): FieldError => ({ ...fault, field: field(fault.field) })),
  );
  if (isSignedOut(outcome)) setStatus(signInLink());
  return null;
}

async function endSession(): Promise<void> {
  isLeaving = true;
  const outcome = await signOut();
  isLeaving = outcome.kind === "stored";
  if (!isLeaving) return setStatus(say("You are still signed in. Check your connection and try again."));
  await forgetSender();
  location.assign("/");
}

/** Shows a message and gives it the focus, so that screen readers read it. */
export function showMessage(text: string): void {
  setStatus(text);
  focusOn(status);
}

export function setStatus(...words: (Node | string)[]): void {
  status.replaceChildren(...words);
}

/** Opens in another tab, so that typed text stays here. */
function signInLink(): HTMLElement {
  return element("a", { href: signInAddress(), target: "_blank" }, say("Sign in again (opens in a new tab)"));
}
