/** My reports: those sent while signed in, and those sent with a confirmed address. */
import { byId, element, show } from "../../shared/dom.ts";
import { whoIsSignedIn } from "../../shared/session.ts";
import { reportEntry } from "./report-entry.ts";
import { openReports } from "./report-list.ts";
import { say } from "../../shared/say.ts";

openReports({ entry: reportEntry, whenEmpty: emptyMessage, onOpen: greet });

function emptyMessage(): HTMLElement[] {
  const report = element(
    "a",
    { class: "govuk-button", href: "/report/", role: "button", draggable: "false" },
    say("Report a problem"),
  );
  return [element("p", {}, say("You have no reports yet.")), element("p", {}, report)];
}

async function greet(): Promise<void> {
  const who = await whoIsSignedIn();
  if (who.kind !== "stored") return;
  const { name, roles } = who.value;
  byId("signed-in-as").textContent = name ? say("You are signed in as {name}.", { name }) : say("You are signed in.");
  show(byId("for-officers"), roles.includes("officer") || roles.includes("admin"));
  show(byId("for-admins"), roles.includes("admin"));
}
