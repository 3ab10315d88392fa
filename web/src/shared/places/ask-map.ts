/** The map of a page that asks for a place, and the button that takes the place of its pin. */
import { type Council, middleOf } from "../council.ts";
import { byId, show } from "../dom.ts";
import { clearErrors } from "../form-errors.ts";
import type { Place } from "../reports.ts";
import { createPlaceMap, type PlaceMap } from "./place-map.ts";
import { say } from "../say.ts";

/** The page that asks. */
interface Asking {
  say(text: string): void;
  refuse(message: string): void;
  acceptInside(place: Place, council: Council): void;
}

export class AskMap {
  private pinned: Place | null = null;
  private map: PlaceMap | null = null;

  constructor(
    private readonly asked: Asking,
    private readonly section: HTMLElement,
    private readonly council: Council,
  ) {
    byId("use-place").addEventListener("click", () => this.usePinned());
  }

  async open(known: Place | null): Promise<void> {
    const box = byId("place-map");
    show(box);
    byId("choose-on-map").setAttribute("aria-expanded", "true");
    this.pinned = known ?? this.pinned;
    if (!this.map) await this.create();
    else if (this.pinned) this.map.show(this.pinned);
    box.scrollIntoView({ block: "nearest" });
  }

  private async create(): Promise<void> {
    const moved = (place: Place) => (this.pinned = place);
    this.map = createPlaceMap(byId("place-map-canvas"), this.council, this.pinned, middleOf(this.council), moved);
    this.asked.say("");
    if (!(await this.map.drawGround()))
      this.asked.say(say("The street map is not available at the moment. You can still put a pin on a blank map."));
  }

  private usePinned(): void {
    clearErrors(this.section);
    if (this.pinned) this.asked.acceptInside(this.pinned, this.council);
    else this.asked.refuse(say("Put a pin on the map"));
  }
}
