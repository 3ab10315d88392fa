/** The map of a page that asks for a place, and the button that takes the place of its pin. */
import { type Council, centreOf } from "../council.ts";
import { byId, show } from "../dom.ts";
import { clearErrors } from "../form-errors.ts";
import type { Place } from "../reports.ts";
import { createPlaceMap, type PlaceMap } from "./place-map.ts";
import { say } from "../say.ts";

/** The page that asks. */
interface PlacePage {
  showStatus(text: string): void;
  refuse(message: string): void;
  acceptInside(place: Place, council: Council): void;
}

export class AskMap {
  private pin: Place | null = null;
  private map: PlaceMap | null = null;

  constructor(
    private readonly page: PlacePage,
    private readonly section: HTMLElement,
    private readonly council: Council,
  ) {
    byId("use-place").addEventListener("click", () => this.usePin());
  }

  async open(known: Place | null): Promise<void> {
    const box = byId("place-map");
    show(box);
    byId("choose-on-map").setAttribute("aria-expanded", "true");
    this.pin = known ?? this.pin;
    if (!this.map) await this.create();
    else if (this.pin) this.map.show(this.pin);
    box.scrollIntoView({ block: "nearest" });
  }

  private async create(): Promise<void> {
    const moved = (place: Place) => (this.pin = place);
    this.map = createPlaceMap(byId("place-map-canvas"), this.council, this.pin, centreOf(this.council), moved);
    this.page.showStatus("");
    if (!(await this.map.drawBasemap()))
      this.page.showStatus(
        say("The street map is not available at the moment. You can still put a pin on a blank map."),
      );
  }

  private usePin(): void {
    clearErrors(this.section);
    if (this.pin) this.page.acceptInside(this.pin, this.council);
    else this.page.refuse(say("Put a pin on the map"));
  }
}
