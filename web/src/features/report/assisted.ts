/** Lets staff report for residents, and asks by which channel the report came. */
import { byId, element, show } from "../../shared/dom.ts";
import { changeDraft, currentDraft } from "./draft.ts";
import { say } from "../../shared/say.ts";

export const CHANNELS: [code: string, name: string][] = [
  ["online", say("I do")],
  ["phone", say("A resident, on the phone")],
  ["counter", say("A resident, at the counter")],
  ["letter", say("A resident, from a letter or mail")],
  ["social", say("A resident, from social media")],
];

/** The field, and the first of its choices. */
const CHANNEL = "channel";

/** Fills in the choice; `onChosen` happens when it changes. */
export function offerChannels(onChosen: () => void): void {
  const legend = element("legend", { class: "govuk-fieldset__legend" }, say("Who reports this?"));
  const hint = element(
    "p",
    { class: "govuk-hint", id: "channel-hint" },
    say("If you report for a resident, enter their details below. At the end you'll get a link to give to them."),
  );
  const radios = element(
    "div",
    { class: "govuk-radios govuk-radios--small", "data-error-before": "" },
    ...CHANNELS.map(([code, name]) => radio(code, name)),
  );
  const choice = byId("channel-choice");
  choice.replaceChildren(
    element("fieldset", { class: "govuk-fieldset", "aria-describedby": hint.id }, legend, hint, radios),
  );
  choice.onchange = ({ target }) => {
    changeDraft({ channel: (target as HTMLInputElement).value });
    onChosen();
  };
  show(choice);
}

function radio(code: string, name: string): HTMLElement {
  const id = code === "online" ? CHANNEL : `${CHANNEL}-${code}`;
  const input = element("input", { class: "govuk-radios__input", id, name: "channel", type: "radio", value: code });
  input.checked = currentDraft().channel === code;
  return element(
    "div",
    { class: "govuk-radios__item" },
    input,
    element("label", { class: "govuk-label govuk-radios__label", for: id }, name),
  );
}
