/** The confirmation after following an existing report instead of sending a new one. */
import { byId } from "../../shared/dom.ts";
import { groupReference } from "../../shared/reference.ts";
import { lastFollowed } from "./sent-reports.ts";

export function enter(): void {
  const followed = lastFollowed();
  if (!followed) return;
  const { id, words } = followed;
  byId("followed-reference").textContent = groupReference(id);
  byId<HTMLAnchorElement>("followed-page").href = `/reports/${id}`;
  byId("followed-words").textContent = words;
}
