/** Offers to withdraw a report for a few minutes, with the key that it was sent under. */
import type { Problem } from "../../shared/api.ts";
import { actionButton, byId, element, focusOn, show } from "../../shared/dom.ts";
import { forgetOwnReport } from "../../shared/own-reports.ts";
import { postAs } from "../../shared/post.ts";
import { rememberSent, type SentReport, type Visibility } from "./sent-reports.ts";
import { say } from "../../shared/say.ts";

const box = byId("withdraw");
const heading = byId("sent-heading");
let hideTimer: number | undefined;

/** Shows the offer until its time has passed. */
export function offerWithdrawal(sent: SentReport, seconds: number): void {
  clearTimeout(hideTimer);
  const isWithdrawn = sent.receipt.visibility === "withdrawn";
  show(byId("sent-unchanged"), !isWithdrawn);
  heading.textContent = isWithdrawn ? say("Report withdrawn") : say("Report sent");
  const left = sent.at + seconds * 1000 - Date.now();
  show(box, isWithdrawn || left > 0);
  if (isWithdrawn)
    return box.replaceChildren(
      element("p", {}, say("You have withdrawn this report. It is not public, and we will not deal with it.")),
    );
  if (left <= 0) return;
  const until = new Date(sent.at + seconds * 1000).toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
  const ask = actionButton(say("Withdraw this report"), () => askToWithdraw(sent, seconds));
  box.replaceChildren(
    element("h2", {}, say("Changed your mind?")),
    element("p", {}, say("You can withdraw this report until {until}. We'll delete what you wrote.", { until })),
    ask,
  );
  hideTimer = window.setTimeout(() => show(box, false), left);
}

function askToWithdraw(sent: SentReport, seconds: number): void {
  const question = element("h2", {}, say("Withdraw this report?"));
  const yes = actionButton(say("Yes, withdraw it"), () => void withdraw(sent, yes));
  const no = actionButton(say("No, keep it"), () => {
    offerWithdrawal(sent, seconds);
    focusOn(box.querySelector<HTMLElement>("button") ?? heading);
  });
  box.replaceChildren(
    question,
    element("p", {}, say("We'll remove it from the map and delete what you wrote. We will not deal with it.")),
    element("div", { class: "app-buttons" }, yes, no),
    element("p", { role: "status", id: "withdraw-status" }),
  );
  focusOn(question);
}

async function withdraw(sent: SentReport, button: HTMLButtonElement): Promise<void> {
  clearTimeout(hideTimer);
  button.disabled = true;
  const status = byId("withdraw-status");
  status.textContent = say("One moment…");
  const path = `/api/reports/${sent.receipt.service_request_id}/withdrawal`;
  const outcome = await postAs<{ visibility: Visibility }>(sent.account, path, {}, sent.key);
  button.disabled = false;
  if (outcome.kind === "stored") {
    const withdrawn: SentReport = { ...sent, receipt: { ...sent.receipt, visibility: "withdrawn" } };
    rememberSent(withdrawn);
    await forgetOwnReport(sent.receipt.service_request_id);
    offerWithdrawal(withdrawn, 0);
    focusOn(heading);
  } else if (outcome.kind === "later") {
    status.textContent = say("The report has not been withdrawn. Check your connection and try again.");
  } else {
    explain(outcome.problem);
  }
}

function explain(problem: Problem): void {
  const why = element("p", {}, problem.detail ?? problem.title);
  const instead = element("p", {}, say("You can still add to the report on its page, or call us."));
  const title = element("h2", {}, say("The report has not been withdrawn"));
  box.replaceChildren(title, why, instead);
  focusOn(title);
}
