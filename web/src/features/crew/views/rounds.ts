/** The collection rounds of the day, and one of them. */
import { actionButton, element } from "../../../shared/dom.ts";
import { backLink, buttonLink, dayWords, heading, type Part, tag } from "../parts.ts";
import { reasonWords, type RoundKind, type RoundSubject, STATE_WORDS } from "../rounds/model.ts";
import { type RoundView, toRoundView } from "../rounds/state.ts";
import { fetchRound } from "../rounds/sync.ts";
import { recordRound } from "../rounds/record.ts";
import { listedDay, reload, state } from "../state.ts";
import { sendLater, sync } from "../sync.ts";

const NOT_ON_PHONE = "These addresses are not on this phone yet. Open this round when there is a signal.";
let openedRound = "";

export function renderRounds(): Part[] {
  const top = [backLink("#"), ...heading("Collection rounds", dayWords(listedDay(state.choice!)))];
  const { days } = state.rounds;
  if (!days) return [...top, element("p", { role: "status" }, "The rounds are not on this phone yet.")];
  if (!days.length) return [...top, element("p", {}, "There are no rounds on this day.")];
  return [...top, element("ul", { class: "crew-list" }, ...days.map((each) => roundEntry(findRound(each.round)!)))];
}

export function findRound(code: string): RoundView | null {
  const found = state.rounds.days?.find(({ round }) => round === code);
  return found ? toRoundView(found, state.rounds, state.items) : null;
}

export const roundAddress = (code: string, step = "") => `#round/${encodeURIComponent(code)}${step ? `/${step}` : ""}`;

function roundEntry(shown: RoundView): HTMLElement {
  const { round } = shown;
  return element(
    "li",
    { class: "crew-job" },
    element("h2", {}, element("a", { href: roundAddress(round.round) }, `${round.round}, ${round.name}`)),
    roundTags(shown),
  );
}

function roundTags({ state: stands, waiting, round }: RoundView): HTMLElement {
  const found = [
    tag(...STATE_WORDS[stands]),
    ...(waiting.some(({ attention }) => attention !== null) ? [tag("Not accepted", "fault")] : []),
    ...(waiting.some(({ attention }) => attention === null) ? [tag("Not sent yet", "unsent")] : []),
    ...(round.disputes.length ? [tag("Disputed", "fault")] : []),
  ];
  return element("p", { class: "crew-tags" }, ...found.flatMap((each) => [each, " "]));
}

export function renderRound(code: string): Part[] {
  const shown = findRound(code);
  if (!shown) return [backLink("#rounds", "All rounds"), ...heading("This round is not on this phone")];
  fetchOnce(shown);
  const { round, missed, left } = shown;
  return [
    backLink("#rounds", "All rounds"),
    ...heading(round.round, round.name),
    roundTags(shown),
    ...(round.disputes.length
      ? [element("p", { class: "app-notice" }, "Two people recorded different things. The office will decide.")]
      : []),
    roundButtons(shown),
    ...recordedList(
      "Streets not reached",
      missed.map(({ street, reason }) =>
        recordedEntry(shown, street, reasonWords(reason), "Reached now", "street_reached", { street }),
      ),
    ),
    ...recordedList(
      "Bins not emptied",
      left.map(({ premises_id, address, reason, version }) =>
        recordedEntry(shown, address, reasonWords(reason), "Emptied now", "emptied", { premises_id, address }, version),
      ),
    ),
  ];
}

function roundButtons(shown: RoundView): HTMLElement {
  const { state: stands, round } = shown;
  const begin = recordButton(shown, "Out", "out");
  const finish = recordButton(shown, "Finished", "finished");
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

const recordedList = (title: string, entries: HTMLElement[]) =>
  entries.length ? [element("h2", {}, title), element("ul", { class: "crew-list" }, ...entries)] : [];

function recordedEntry(
  shown: RoundView,
  title: string,
  because: string,
  words: string,
  kind: RoundKind,
  about: Partial<RoundSubject>,
  version = shown.round.version,
): HTMLElement {
  const undo = recordButton(shown, words, kind, about, version);
  return element("li", { class: "crew-job" }, element("h3", {}, title), element("p", {}, because), undo);
}

function recordButton(
  { round }: RoundView,
  words: string,
  kind: RoundKind,
  about: Partial<RoundSubject> = {},
  version = round.version,
): HTMLButtonElement {
  const button = actionButton(words, () => void record());
  button.id = ["say", kind, about.street ?? about.premises_id ?? ""].join("-").replaceAll(/\s/g, "-");
  async function record(): Promise<void> {
    await recordRound(round, { kind, version, about });
    await reload();
    void sendLater();
    void sync();
  }
  return button;
}

/** Reads the streets once for each time that the round is opened. */
function fetchOnce({ round }: RoundView): void {
  const key = `${round.round}/${round.day}`;
  if (openedRound === key || state.isOffline) return;
  openedRound = key;
  void fetchRound(round.round, round.day)
    .then(reload)
    .catch(() => undefined);
}

export const notOnPhone = () => element("p", { role: "status" }, NOT_ON_PHONE);
