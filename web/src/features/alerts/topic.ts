/** The first step: the topic, and the alerts that this browser already gets. */
import { choiceItems, checkedValues } from "../../shared/choices.ts";
import { byId, element, show } from "../../shared/dom.ts";
import { clearErrors, showErrors } from "../../shared/form-errors.ts";
import { groupReference } from "../../shared/reference.ts";
import { changeDraft, currentDraft } from "./draft.ts";
import { browserAlerts } from "../../shared/browser-alerts.ts";
import { stepAfterTopic } from "./step-order.ts";
import { goTo, sectionOf } from "./steps.ts";
import type { Choice } from "../../shared/channels.ts";
import { type Kind, KINDS } from "./words.ts";
import { say } from "../../shared/say.ts";

const section = sectionOf("what");
const kinds = byId("kinds");

section.querySelector("form")!.addEventListener("submit", () => {
  clearErrors(section);
  const [kind] = checkedValues(kinds) as Kind[];
  if (!kind) return showErrors(section, [{ field: "kind", message: say("Choose what you want alerts about") }]);
  if (kind !== currentDraft().kind) changeDraft({ kind, unwanted: [] });
  goTo(stepAfterTopic(currentDraft()));
});

export function enter(): void {
  const { kind, service_request_id } = currentDraft();
  const report: Choice[] = service_request_id
    ? [["report", say("Report {reference}", { reference: groupReference(service_request_id) })]]
    : [];
  kinds.replaceChildren(...choiceItems("radio", "kind", [...report, ...KINDS], [kind]));
  const known = browserAlerts.read() ?? [];
  show(byId("here"), known.length > 0);
  byId("here-list").replaceChildren(
    ...known.map(({ about, manage_url }) =>
      element("li", {}, `${about}: `, element("a", { href: manage_url }, say("change or stop"))),
    ),
  );
}
