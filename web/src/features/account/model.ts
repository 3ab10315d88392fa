/** An account in the API. */
import type { Outcome } from "../../shared/api.ts";
import type { Place } from "../../shared/reports.ts";
import { call } from "../../shared/session.ts";
import { say } from "../../shared/say.ts";

export type AddressKind = "email" | "phone";

export interface SavedPlace extends Place {
  label: string;
}

export interface OwnAccount {
  name: string | null;
  language: string | null;
  reach_by: AddressKind | null;
  saved_places: SavedPlace[];
  addresses: { kind: AddressKind; value: string }[];
  roles: string[];
  version: number;
}

export type AccountChanges = Partial<Pick<OwnAccount, "name" | "language" | "reach_by" | "saved_places">> & {
  clear?: string[];
};

export const ACCOUNT = "/api/account";

/** On a version conflict, updates `known` to the present account and asks to save again. */
export async function saveAccount(known: OwnAccount, changes: AccountChanges): Promise<Outcome<OwnAccount>> {
  const outcome = await call<OwnAccount>("PATCH", ACCOUNT, changes, { "If-Match": `"${known.version}"` });
  if (outcome.kind !== "refused" || outcome.problem.status !== 409) return outcome;
  const now = await call<OwnAccount>("GET", ACCOUNT);
  if (now.kind === "stored") Object.assign(known, now.value);
  const detail = say(
    "You have changed this on another page or device. Select the button again to save what is on this page",
  );
  return { kind: "refused", problem: { ...outcome.problem, detail } };
}
