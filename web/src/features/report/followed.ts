/** The confirmation after following an existing report instead of sending a new one. */
import { byId } from "../../shared/dom.ts";
import { groupReference } from "../../shared/reference.ts";
import { lastFollowed } from "./sent-reports.ts";
import { say } from "../../shared/say.ts";

export function enter(): void {
  const followed = lastFollowed();
  if (!followed) return;
  const { id, words, is_to_confirm } = followed;
  byId("followed-heading").textContent = is_to_confirm ? say("Check your email") : say("You are following this report");
  byId("followed-reference").textContent = groupReference(id);
  byId<HTMLAnchorElement>("followed-page").href = `/reports/${id}`;
  byId("followed-words").textContent = words;
}
