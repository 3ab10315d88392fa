/** Asks for a place: by search, by the phone's location, or on a map, which is loaded only when it is opened. */
import { type Council, isInside, loadCouncil } from "../council.ts";
import { byId, show } from "../dom.ts";
import { clearErrors, showErrors } from "../form-errors.ts";
import type { Place } from "../reports.ts";
import type { AskMap } from "./ask-map.ts";
import { type OnPlaceChosen, startPlaceBox, takeTypedPlace } from "./place-box.ts";
import { findPosition } from "./position.ts";
import { say } from "../say.ts";

export class AskPlace {
  private map: AskMap | null = null;
  private readonly status = byId("where-status");
  private readonly mapBox = byId("place-map");
  private readonly opener = byId("choose-on-map");

  /** `known` is the place that was chosen before. */
  constructor(
    private readonly section: HTMLElement,
    private readonly onChosen: OnPlaceChosen,
    private readonly known: () => Place | null = () => null,
  ) {
    startPlaceBox((place, label, words) => this.accept(place, label, words));
    byId("use-location").addEventListener("click", () => void this.useLocation());
    this.opener.addEventListener("click", () => void this.openMap());
  }

  accept(place: Place, label = "", words = ""): void | Promise<void> {
    clearErrors(this.section);
    this.status.textContent = "";
    this.closeMap();
    return this.onChosen(place, label, words);
  }

  /** Takes a typed street or place that has one match. Returns whether the page can go on; if not, it says why. */
  async takeTyped(): Promise<boolean> {
    const problem = await takeTypedPlace();
    if (problem) showErrors(this.section, [{ field: "place-search", message: problem }]);
    return problem === null;
  }

  refuse(message: string): void {
    this.status.textContent = "";
    showErrors(this.section, [{ field: this.mapBox.hidden ? "place-search" : "use-place", message }]);
  }

  async refuseOutside(council: Council, place: Place): Promise<void> {
    const text = await import("./outside.ts").then(({ outsideText }) => outsideText(council, place)).catch(() => null);
    this.refuse(text ?? say("This location is outside {council}", { council: council.name }));
  }

  showStatus(text: string): void {
    this.status.textContent = text;
  }

  closeMap(): void {
    show(this.mapBox, false);
    this.opener.setAttribute("aria-expanded", "false");
  }

  async council(): Promise<Council | null> {
    return loadCouncil().catch(() => {
      this.refuse(say("We could not reach the service. Check your connection and try again"));
      return null;
    });
  }

  private async useLocation(): Promise<void> {
    clearErrors(this.section);
    this.showStatus(say("Finding your location…"));
    const found = await findPosition();
    if ("problem" in found) return this.refuse(found.problem);
    const council = await this.council();
    if (!council) return;
    this.acceptInside({ lat: found.lat, long: found.long }, council);
  }

  private async openMap(): Promise<void> {
    clearErrors(this.section);
    if (!this.map) this.showStatus(say("Loading the map…"));
    const council = await this.council();
    if (!council) return;
    try {
      const { AskMap } = await import("./ask-map.ts");
      this.map ??= new AskMap(this, this.section, council);
      await this.map.open(this.known());
    } catch {
      this.closeMap();
      this.refuse(say("We could not load the map. Try again, or choose another way"));
    }
  }

  /** Takes the place, unless it is outside the council's area. */
  acceptInside(place: Place, council: Council): void {
    if (isInside(council, place)) this.accept(place);
    else void this.refuseOutside(council, place);
  }
}
