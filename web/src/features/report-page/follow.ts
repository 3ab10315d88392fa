/** "Follow this report" on its page, which remembers what this browser follows. */
import { byId, element, focusOn, show } from "../../shared/dom.ts";
import { isFollowed, recentFollowers, rememberFollow } from "../../shared/follows.ts";
import { say, sayMany } from "../../shared/say.ts";

/** The part of the address that opens the control at once, in links such as the map's. */
const AT_ONCE = "#follow";

/** Does nothing if the page does not offer to follow. */
export function startFollow(reportId: string): void {
  const offer = document.getElementById("follow");
  if (!offer) return;
  const button = byId<HTMLButtonElement>("follow-button");
  const status = byId("follow-status");
  const control = element("div", {});
  status.before(control);
  show(offer);
  showFollowers(recentFollowers(reportId) ?? 0);
  if (isFollowed(reportId)) {
    show(button, false);
    status.textContent = say("You are following this report.");
  } else if (location.hash === AT_ONCE) void openControl();
  button.addEventListener("click", () => void openControl());

  async function openControl(): Promise<void> {
    button.disabled = true;
    const shared = await import("../../shared/follow-control.ts").catch(() => null);
    button.disabled = false;
    if (!shared) {
      status.textContent = say("You are not following this report yet. Check your connection and try again.");
      return;
    }
    show(button, false);
    status.textContent = "";
    await shared.openFollowControl(control, reportId, (followed, words) => {
      control.replaceChildren();
      if (followed.service_request_id === reportId) showFollowers(followed.followers);
      else rememberFollow(reportId, 0);
      status.replaceChildren(...shared.followWords(reportId, followed, words));
      focusOn(status);
    });
  }
}

/** Updates the number of followers, if the page was published before. */
function showFollowers(followers: number): void {
  const said = byId("followers");
  const published = Number.parseInt(said.textContent!, 10) || 0;
  if (followers > published) said.textContent = sayMany(followers, "1 person", "{count} people");
}
