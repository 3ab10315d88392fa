/** The saved places of the signed-in account. A module of its own, because most people are not signed in. */
import type { OwnAccount, SavedPlace } from "../account/model.ts";
import { call } from "../../shared/session.ts";

export async function savedPlaces(): Promise<SavedPlace[]> {
  const account = await call<OwnAccount>("GET", "/api/account");
  return account.kind === "stored" ? account.value.saved_places : [];
}
