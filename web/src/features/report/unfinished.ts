/** The step for an unfinished report from another visit: continue it, or delete it and start a new one. */
import { byId, element } from "../../shared/dom.ts";
import { startFromAsset } from "./asset-link.ts";
import { currentService } from "./current-service.ts";
import { addressOf, currentDraft, finishDraft } from "./draft.ts";
import { linkedAsset } from "./flow.ts";
import { replaceStep } from "./steps.ts";
import { say } from "../../shared/say.ts";

export function start(): void {
  byId("start-new").addEventListener("click", () => void startNew());
}

export async function enter(): Promise<void> {
  const draft = currentDraft();
  const { place_label, description, photos } = draft;
  const facts: [name: string, value: string | undefined][] = [
    [say("Problem"), (await currentService())?.service_name],
    [say("Where"), addressOf(draft) || place_label],
    [say("Description"), description.trim()],
    [say("Photos"), photos.length ? String(photos.length) : ""],
  ];
  const known = facts.filter(([, value]) => value);
  const rows = known.flatMap(([name, value]) => [
    element("dt", {}, name),
    element("dd", { class: "app-prose", dir: "auto" }, value!),
  ]);
  byId("unfinished-report").replaceChildren(...rows);
}

async function startNew(): Promise<void> {
  const id = linkedAsset();
  finishDraft();
  const step = id ? await startFromAsset(id).catch(() => "where" as const) : "where";
  history.replaceState(history.state, "", "/report/");
  replaceStep(step);
}
