/** "Follow this report": once for each account or browser, which stores it. */
import { deviceKey } from "../../shared/device.ts";
import { byId, element, show } from "../../shared/dom.ts";
import { follows, justFollowedBy, rememberFollow } from "../../shared/follows.ts";
import { postAsSignedIn } from "../../shared/post.ts";
import { groupReference } from "../../shared/reference.ts";

interface Followed {
  service_request_id: string;
  followers: number;
}

/** Does nothing if the page does not offer to follow. */
export function startFollow(reportId: string): void {
  const offer = document.getElementById("follow");
  if (!offer) return;
  const button = byId<HTMLButtonElement>("follow-button");
  const status = byId("follow-status");
  show(offer);
  if (follows(reportId)) settle("You are following this report.");
  count(justFollowedBy(reportId) ?? 0);

  function settle(...words: (Node | string)[]): void {
    show(button, false);
    status.replaceChildren(...words);
  }

  async function follow(): Promise<void> {
    button.disabled = true;
    const outcome = await postAsSignedIn<Followed>(`/api/reports/${reportId}/follow`, {}, deviceKey());
    button.disabled = false;
    if (outcome.kind === "later") {
      status.textContent = outcome.why ?? "You are not following this report yet. Check your connection and try again.";
    } else if (outcome.kind === "refused") {
      status.textContent = outcome.problem.detail ?? outcome.problem.title;
    } else {
      const { service_request_id, followers } = outcome.value;
      rememberFollow(service_request_id, followers);
      if (service_request_id !== reportId) rememberFollow(reportId, 0);
      accept(outcome.value);
    }
  }

  function accept({ service_request_id: id, followers }: Followed): void {
    if (id === reportId) {
      count(followers);
      settle("Thank you. You are following this report.");
    } else {
      const link = element("a", { href: `/reports/${id}` }, groupReference(id));
      settle("Thank you. This report was merged into ", link, ". You are now following that report.");
    }
    status.tabIndex = -1;
    status.focus();
  }

  button.addEventListener("click", () => void follow());
}

/** Updates the number of followers, if the page was published before. */
function count(followers: number): void {
  const said = byId("followers");
  const published = Number.parseInt(said.textContent!, 10) || 0;
  if (followers > published) said.textContent = followers === 1 ? "1 person" : `${followers} people`;
}
