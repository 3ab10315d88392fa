/** The collection rounds of the day, and one of them. */
import { actionButton, element } from "../../../shared/dom.ts";
import { back, buttonLink, dayWords, heading, type Part, tag } from "../parts.ts";
import { reasonWords, type RoundKind, type RoundSubject, STATE_WORDS } from "../rounds/model.ts";
import { type ShownRound, shownRound } from "../rounds/state.ts";
import { openRound } from "../rounds/sync.ts";
import { sayOfRound } from "../rounds/record.ts";
import { dayOf, reload, state } from "../state.ts";
import { sendLater, sync } from "../sync.ts";

const PATIENT = "These addresses are not on this phone yet. Open this round when there is a signal.";
let asked = "";

export function rounds(): Part[] {
  const top = [back("#"), ...heading("Collection rounds", dayWords(dayOf(state.choice!)))];
  const { days } = state.rounds;
  if (!days) return [...top, element("p", { role: "status" }, "The rounds are not on this phone yet.")];
  if (!days.length) return [...top, element("p", {}, "There are no rounds on this day.")];
  return [...top, element("ul", { class: "crew-list" }, ...days.map((each) => entry(findRound(each.round)!)))];
}

export function findRound(code: string): ShownRound | null {
  const found = state.rounds.days?.find(({ round }) => round === code);
  return found ? shownRound(found, state.rounds, state.items) : null;
}

export const roundAddress = (code: string, step = "") => `#round/${encodeURIComponent(code)}${step ? `/${step}` : ""}`;

function entry(shown: ShownRound): HTMLElement {
  const { round } = shown;
  return element(
    "li",
    { class: "crew-job" },
    element("h2", {}, element("a", { href: roundAddress(round.round) }, `${round.round}, ${round.name}`)),
    tagsOf(shown),
  );
}

function tagsOf({ state: stands, waiting, round }: ShownRound): HTMLElement {
  const found = [
    tag(...STATE_WORDS[stands]),
    ...(waiting.some(({ attention }) => attention !== null) ? [tag("Not accepted", "fault")] : []),
    ...(waiting.some(({ attention }) => attention === null) ? [tag("Not sent yet", "unsent")] : []),
    ...(round.disputes.length ? [tag("Disputed", "fault")] : []),
  ];
  return element("p", { class: "crew-tags" }, ...found.flatMap((each) => [each, " "]));
}

export function oneRound(code: string): Part[] {
  const shown = findRound(code);
  if (!shown) return [back("#rounds", "All rounds"), ...heading("This round is not on this phone")];
  openOnce(shown);
  const { round, missed, left } = shown;
  return [
    back("#rounds", "All rounds"),
    ...heading(round.round, round.name),
    tagsOf(shown),
    ...(round.disputes.length
      ? [element("p", { class: "app-notice" }, "Two people recorded different things. The office will decide.")]
      : []),
    steps(shown),
    ...recorded(
      "Streets not reached",
      missed.map(({ street, reason }) =>
        recordedEntry(shown, street, reasonWords(reason), "Reached now", "street_reached", { street }),
      ),
    ),
    ...recorded(
      "Bins not emptied",
      left.map(({ premises_id, address, reason, version }) =>
        recordedEntry(shown, address, reasonWords(reason), "Emptied now", "emptied", { premises_id, address }, version),
      ),
    ),
  ];
}

function steps(shown: ShownRound): HTMLElement {
  const { state: stands, round } = shown;
  const begin = sayButton(shown, "Out", "out");
  const finish = sayButton(shown, "Finished", "finished");
  return element(
    "div",
    { class: "app-buttons" },
    ...(stands === "to_come" || stands === "off" ? [begin] : []),
    ...(stands === "out" || stands === "to_come" ? [finish] : []),
    buttonLink("Street not reached", roundAddress(round.round, "street"), "secondary"),
    buttonLink("Bin not emptied", roundAddress(round.round, "bin"), "secondary"),
    ...(stands === "off" ? [] : [buttonLink("Cancel the round", roundAddress(round.round, "off"), "secondary")]),
  );
}

const recorded = (title: string, entries: HTMLElement[]) =>
  entries.length ? [element("h2", {}, title), element("ul", { class: "crew-list" }, ...entries)] : [];

function recordedEntry(
  shown: ShownRound,
  title: string,
  because: string,
  words: string,
  kind: RoundKind,
  about: Partial<RoundSubject>,
  version = shown.round.version,
): HTMLElement {
  const undo = sayButton(shown, words, kind, about, version);
  return element("li", { class: "crew-job" }, element("h3", {}, title), element("p", {}, because), undo);
}

function sayButton(
  { round }: ShownRound,
  words: string,
  kind: RoundKind,
  about: Partial<RoundSubject> = {},
  version = round.version,
): HTMLButtonElement {
  const button = actionButton(words, () => void record());
  button.id = ["say", kind, about.street ?? about.premises_id ?? ""].join("-").replaceAll(/\s/g, "-");
  async function record(): Promise<void> {
    await sayOfRound(round, { kind, version, about });
    await reload();
    void sendLater();
    void sync();
  }
  return button;
}

/** Reads the streets once for each time that the round is opened. */
function openOnce({ round }: ShownRound): void {
  const key = `${round.round}/${round.day}`;
  if (asked === key || state.isOffline) return;
  asked = key;
  void openRound(round.round, round.day)
    .then(reload)
    .catch(() => undefined);
}

export const notHere = () => element("p", { role: "status" }, PATIENT);
