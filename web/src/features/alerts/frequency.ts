/** The step that asks for event types, frequency and quiet hours. */
import { choiceItems, checkedValues } from "../../shared/choices.ts";
import { loadServices } from "../../shared/council.ts";
import { byId, show } from "../../shared/dom.ts";
import { clearErrors, showErrors } from "../../shared/form-errors.ts";
import { aboutWords, changeDraft, currentDraft } from "./draft.ts";
import { goTo, sectionOf } from "./steps.ts";
import { eventTypesOf, FREQUENCIES, type Frequency, isAboutServices, type Kind, type EventType } from "./words.ts";
import { say } from "../../shared/say.ts";

const section = sectionOf("when");
const eventTypes = byId("event-types-choices");
const services = byId("services-choices");
const frequencies = byId("frequencies");
const quiet = byId<HTMLInputElement>("quiet");
const begin = byId<HTMLInputElement>("quiet-begin");
const end = byId<HTMLInputElement>("quiet-end");

section.addEventListener("change", () => {
  storeChoices();
  show(byId("quiet-times"), quiet.checked);
});
section.querySelector("form")!.addEventListener("submit", () => {
  clearErrors(section);
  storeChoices();
  const faults = [
    ...(checkedValues(eventTypes).length
      ? []
      : [{ field: "event_types", message: say("Choose at least one kind of alert") }]),
    ...(quiet.checked && !begin.value ? [{ field: "quiet.begin", message: say("Enter a time, like 22:00") }] : []),
    ...(quiet.checked && !end.value ? [{ field: "quiet.end", message: say("Enter a time, like 07:00") }] : []),
  ];
  if (faults.length) showErrors(section, faults);
  else goTo("how");
});

export async function enter(): Promise<void> {
  const draft = currentDraft();
  const kind = draft.kind as Kind;
  byId("frequency-summary").textContent = aboutWords();
  const fitting = eventTypesOf(kind);
  const wanted = fitting.map(([what]) => what).filter((what) => !draft.unwanted.includes(what as EventType));
  eventTypes.replaceChildren(...choiceItems("checkbox", "event_types", fitting, wanted));
  show(byId("event-types-group"), fitting.length > 1);
  frequencies.replaceChildren(...choiceItems("radio", "frequency", FREQUENCIES, [draft.frequency]));
  quiet.checked = draft.quiet;
  begin.value = draft.begin;
  end.value = draft.end;
  show(byId("quiet-times"), draft.quiet);
  await offerServices(isAboutServices(kind), draft.service_codes);
}

/** If services cannot be loaded, the alert is about all of them. */
async function offerServices(isWanted: boolean, chosen: readonly string[]): Promise<void> {
  const known = isWanted ? await loadServices().catch(() => []) : [];
  services.replaceChildren(
    ...choiceItems(
      "checkbox",
      "topic-service_codes",
      known.map(({ service_code, service_name }) => [service_code, service_name]),
      chosen,
    ),
  );
  show(byId("services-group"), known.length > 0);
  byId<HTMLDetailsElement>("services-group").open = chosen.length > 0;
}

function storeChoices(): void {
  const ticked = checkedValues(eventTypes);
  const unwanted = eventTypesOf(currentDraft().kind as Kind)
    .map(([what]) => what as EventType)
    .filter((what) => !ticked.includes(what));
  const service_codes = services.hasChildNodes() ? checkedValues(services) : currentDraft().service_codes;
  changeDraft({
    unwanted,
    service_codes: [...service_codes],
    frequency: checkedValues(frequencies)[0] as Frequency,
    quiet: quiet.checked,
    begin: begin.value,
    end: end.value,
  });
}
