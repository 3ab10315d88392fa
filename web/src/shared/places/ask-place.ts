/** Asks for a place: by search, by the phone's location, or on a map, which is loaded only when it is opened. */
import { type Council, isInside, loadCouncil, middleOf } from "../council.ts";
import { byId, show } from "../dom.ts";
import { clearErrors, showErrors } from "../form-errors.ts";
import type { Place } from "../reports.ts";
import { outsideText } from "./outside.ts";
import { type Choose, startPlaceBox } from "./place-box.ts";
import type { PlaceMap } from "./place-map.ts";
import { findPosition } from "./position.ts";

// The map page needs these two alone. Taken from here, they stay in one file, which is smaller than three.
export { findPosition, startPlaceBox };

export class AskPlace {
  private map: PlaceMap | null = null;
  private pinned: Place | null = null;
  private readonly status = byId("where-status");
  private readonly mapBox = byId("place-map");
  private readonly opener = byId("choose-on-map");

  /** `known` is the place that was chosen before. */
  constructor(
    private readonly section: HTMLElement,
    private readonly chosen: Choose,
    private readonly known: () => Place | null = () => null,
  ) {
    startPlaceBox((place, label, words) => this.accept(place, label, words));
    byId("use-location").addEventListener("click", () => void this.useLocation());
    this.opener.addEventListener("click", () => void this.openMap());
    byId("use-place").addEventListener("click", () => void this.usePinned());
  }

  accept(place: Place, label = "", words = ""): void {
    clearErrors(this.section);
    this.status.textContent = "";
    this.closeMap();
    this.chosen(place, label, words);
  }

  refuse(message: string): void {
    this.status.textContent = "";
    showErrors(this.section, [{ field: this.mapBox.hidden ? "place-search" : "use-place", message }]);
  }

  say(text: string): void {
    this.status.textContent = text;
  }

  closeMap(): void {
    show(this.mapBox, false);
    this.opener.setAttribute("aria-expanded", "false");
  }

  async council(): Promise<Council | null> {
    return loadCouncil().catch(() => {
      this.refuse("We could not reach the service. Check your connection and try again");
      return null;
    });
  }

  private async useLocation(): Promise<void> {
    clearErrors(this.section);
    this.say("Finding your location…");
    const found = await findPosition();
    if ("problem" in found) return this.refuse(found.problem);
    const council = await this.council();
    if (!council) return;
    this.acceptInside({ lat: found.lat, long: found.long }, council);
  }

  private async openMap(): Promise<void> {
    clearErrors(this.section);
    if (this.map) return this.showMap();
    this.say("Loading the map…");
    const council = await this.council();
    if (!council) return;
    try {
      const { createPlaceMap } = await import("./place-map.ts");
      this.showMap();
      const moved = (place: Place) => (this.pinned = place);
      this.map ??= createPlaceMap(byId("place-map-canvas"), council, this.known(), middleOf(council), moved);
      this.say("");
      if (!(await this.map.drawGround()))
        this.say("The street map is not available at the moment. You can still put a pin on a blank map.");
    } catch {
      this.closeMap();
      this.refuse("We could not load the map. Check your connection and try again, or choose another way");
    }
  }

  private showMap(): void {
    show(this.mapBox);
    this.opener.setAttribute("aria-expanded", "true");
    this.pinned = this.known() ?? this.pinned;
    if (this.pinned) this.map?.show(this.pinned);
    this.mapBox.scrollIntoView({ block: "nearest" });
  }

  private async usePinned(): Promise<void> {
    clearErrors(this.section);
    const council = await this.council();
    if (!council) return;
    if (!this.pinned) this.refuse("Put a pin on the map");
    else this.acceptInside(this.pinned, council);
  }

  private acceptInside(place: Place, council: Council): void {
    if (isInside(council, place)) this.accept(place);
    else this.refuse(outsideText(council, place));
  }
}
