/** The collection rounds of a day: missed streets, disputes and corrections. */
import { loadCouncil } from "../../shared/council.ts";
import { dayText, isoDay, momentText } from "../../shared/dates.ts";
import { actionButton, byId, element, focusOn, screenReaderText } from "../../shared/dom.ts";
import { faultOf } from "../../shared/fault.ts";
import { call } from "../../shared/session.ts";
import { showFailure } from "../../shared/staff-page.ts";
import {
  KIND_WORDS,
  type LeftPremises,
  reasonWords,
  type RoundDay,
  type RoundDispute,
  type RoundState,
  STATE_WORDS,
} from "../crew/rounds/model.ts";
import { openDesk } from "./desk.ts";
import { type Correction, correctionForm } from "./rounds-correction.ts";

const ORDER: RoundState[] = ["out", "to_come", "off", "finished"];
const status = byId("rounds-status");
let date = "";
let zone = "Europe/London";

openDesk(open, load);

async function open(): Promise<boolean> {
  zone = (await loadCouncil().catch(() => null))?.time_zone ?? zone;
  date = new URLSearchParams(location.search).get("date") || isoDay(new Date(), zone);
  byId<HTMLInputElement>("date").value = date;
  byId("rounds-heading").textContent = dayText(date);
  return load();
}

async function load(): Promise<boolean> {
  const found = await call<{ items: RoundDay[] }>("GET", `/api/rounds?${new URLSearchParams({ date })}`);
  if (found.kind !== "stored") {
    showFailure(found);
    return false;
  }
  const rounds = [...found.value.items].sort(
    (one, other) => urgencyOf(other) - urgencyOf(one) || ORDER.indexOf(one.state) - ORDER.indexOf(other.state),
  );
  const counts = ORDER.map((each) => `${rounds.filter(({ state }) => state === each).length} ${STATE_WORDS[each][0]}`);
  status.textContent = rounds.length ? counts.join(", ").toLowerCase() : "Your teams have no rounds on this day.";
  byId("rounds-list").replaceChildren(...rounds.map(roundEntry));
  return true;
}

/** Rounds with disputes come first, then those that did not reach a street. */
const urgencyOf = ({ disputes, streets }: RoundDay) => (disputes.length ? 2 : streets.length ? 1 : 0);

function roundEntry(round: RoundDay): HTMLElement {
  const left = element("div", {});
  const details = element(
    "details",
    { class: "govuk-details" },
    element("summary", { class: "govuk-details__summary" }, "Bins not emptied", screenReaderText(` on ${round.round}`)),
    left,
  );
  details.addEventListener("toggle", () => {
    if (details.open) void drawLeftPremises(round, left);
  });
  return element(
    "li",
    { id: `round-${round.round}` },
    element("h3", {}, `${round.round}, ${round.name}`),
    element("p", { class: "desk-tags" }, roundTag(round)),
    ...(round.text ? [element("p", { class: "app-prose", dir: "auto" }, round.text)] : []),
    ...missedStreets(round),
    ...disputeEntries(round, round.disputes, round.version),
    details,
    correctionForm(round, (correction) => correct(round, correction, round.version)),
  );
}

function roundTag({ state, reason, finished_at }: RoundDay): HTMLElement {
  const [words, kind] = STATE_WORDS[state];
  const when = finished_at ? ` ${momentText(Date.parse(finished_at), zone)}` : "";
  const because = reason ? `: ${reasonWords(reason)}` : "";
  return element("strong", { class: `govuk-tag app-tag--${kind}` }, `${words}${when}${because}`);
}

function missedStreets(round: RoundDay): HTMLElement[] {
  if (!round.streets.length) return [];
  const lines = round.streets.map(({ street, reason, text }) =>
    element(
      "li",
      {},
      [street, reasonWords(reason), text].filter(Boolean).join(": "),
      " ",
      correctionButton("Mark as reached", street, () =>
        correct(round, { kind: "street_reached", street }, round.version),
      ),
    ),
  );
  return [element("h4", {}, "Streets not reached"), element("ul", { class: "app-bullets" }, ...lines)];
}

function correctionButton(words: string, of: string, act: () => Promise<string>): HTMLButtonElement {
  const button = actionButton(words, () => void act().then((fault) => fault && (status.textContent = fault)));
  button.className = "app-link-button";
  button.append(screenReaderText(`: ${of}`));
  return button;
}

/** Conflicting records from another phone. The office decides by recording one of the two versions again. */
function disputeEntries(round: RoundDay, found: RoundDispute[], version: number, premises_id?: string): HTMLElement[] {
  return found.map(({ kind, street, reason, text, at }) => {
    const words = [KIND_WORDS[kind], street, reason ? reasonWords(reason) : "", text].filter(Boolean).join(": ");
    const about = { ...(street && { street }), ...(premises_id && { premises_id }) };
    return element(
      "div",
      { class: "desk-dispute" },
      element("h4", {}, "Disputed"),
      element("p", {}, `Another phone recorded "${words}", ${momentText(Date.parse(at), zone)}.`),
      correctionButton("That is right", words, () =>
        correct(round, { kind, ...about, ...(reason && { reason }), ...(text && { text }) }, version),
      ),
    );
  });
}

async function drawLeftPremises(round: RoundDay, into: HTMLElement): Promise<void> {
  const asked = new URLSearchParams({ round: round.round, date: round.day });
  const found = await call<{ items: LeftPremises[] }>("GET", `/api/rounds/premises?${asked}`);
  if (found.kind !== "stored") return into.replaceChildren(faultOf(found));
  const lines = found.value.items.map(({ address, premises_id, is_emptied, reason, text, version, disputes: open }) =>
    element(
      "li",
      {},
      [address, is_emptied ? "Emptied later" : reason ? reasonWords(reason) : "", text].filter(Boolean).join(": "),
      " ",
      ...(is_emptied
        ? []
        : [
            correctionButton("Mark as emptied", address, () =>
              correct(round, { kind: "emptied", premises_id }, version),
            ),
          ]),
      ...disputeEntries(round, open, version, premises_id),
    ),
  );
  into.replaceChildren(
    lines.length ? element("ul", { class: "app-bullets" }, ...lines) : "No bin was recorded as not emptied.",
  );
}

/** Empty, or why it was not corrected. */
async function correct({ round, day }: RoundDay, correction: Correction, version: number): Promise<string> {
  const headers = { "If-Match": `"${version}"`, "Idempotency-Key": crypto.randomUUID() };
  const outcome = await call("POST", "/api/rounds/corrections", { round, day, ...correction }, headers);
  const isStale = outcome.kind === "refused" && outcome.problem.status === 409;
  if (outcome.kind !== "stored" && !isStale) return faultOf(outcome);
  await load();
  status.textContent = isStale
    ? `Somebody else has changed ${round}. Check it, then decide.`
    : `${round} is corrected.`;
  focusOn(byId("rounds-heading"));
  return "";
}
