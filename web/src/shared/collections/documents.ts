/** Loads the published rounds, and how they go today. */
import { loadDocument } from "../places/cached-documents.ts";
import { type Round, type RoundDay, type Rounds, withinPeriods } from "./rounds.ts";
import type { RememberedPremises } from "./saved-address.ts";

const ROUNDS = "/data/collections/rounds.json";
const TODAY = "/data/collections/today.json";

export interface PublishedCollections {
  known_until: string;
  /** The rounds of the premises that are published. */
  rounds: Round[];
  /** The reported states of these rounds on days around today, in the order of days. */
  days: RoundDay[];
}

/** The last day until which all dates of these rounds are known. */
export const knownUntilOf = ({ known_until }: Rounds, rounds: Round[]): string =>
  rounds.map((of) => of.known_until ?? known_until).sort()[0] ?? known_until;

/** Null if the council has published no rounds. Throws if they cannot be loaded. */
export async function loadCollections(
  premises: Pick<RememberedPremises, "rounds" | "only_within">,
): Promise<PublishedCollections | null> {
  const [published, today] = await Promise.all([
    loadDocument<Rounds>(ROUNDS),
    loadDocument<{ items: RoundDay[] }>(TODAY).catch(() => null),
  ]);
  const own = ({ round }: { round: string }) => premises.rounds.includes(round);
  const atPremises = (of: Round) => {
    const periods = premises.only_within?.[of.round];
    return periods ? withinPeriods(of, periods) : of;
  };
  if (!published) return null;
  const rounds = published.items.filter(own).map(atPremises);
  return {
    known_until: knownUntilOf(published, rounds),
    rounds,
    days: (today?.items ?? []).filter(own),
  };
}
