/** The end of following somebody else's report instead of sending the same again. */
import { byId } from "../../shared/dom.ts";
import { groupReference } from "../../shared/reference.ts";
import { lastFollowed } from "./sent-reports.ts";

export function enter(): void {
  const id = lastFollowed();
  if (!id) return;
  byId("followed-reference").textContent = groupReference(id);
  byId<HTMLAnchorElement>("followed-page").href = `/reports/${id}`;
  byId<HTMLAnchorElement>("followed-alerts").href = `/alerts/?report=${id}`;
}
