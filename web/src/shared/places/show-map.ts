/** A button that shows a list's places on a map, which is loaded only then. */
import { loadCouncil } from "../council.ts";
import { byId, show } from "../dom.ts";
import type { Place } from "../reports.ts";
import type { Mark, MarksMap } from "./marks-map.ts";

/** What the map shows when it is opened; `null` where there is nothing to show. */
export interface Shown {
  marks: Mark[];
  here: Place | null;
}

export class MapOnRequest {
  map: MarksMap | null = null;

  /** Expects #<button>, #<box> and #<box>-status. */
  constructor(
    private readonly button: string,
    private readonly box: string,
    private readonly shown: () => Shown,
    private readonly pressed: (index: number) => void = () => undefined,
  ) {
    byId(button).addEventListener("click", () => void this.toggle());
  }

  /** After the list has changed. */
  redraw(): void {
    const { marks, here } = this.shown();
    if (!byId(this.box).hidden) this.map?.draw(marks, here);
  }

  private async toggle(): Promise<void> {
    const box = byId(this.box);
    this.open(Boolean(box.hidden));
    if (box.hidden) return;
    const status = byId(`${this.box}-status`);
    try {
      status.textContent = this.map ? "" : "Loading the map…";
      await this.load(box);
      status.textContent = "";
      this.redraw();
    } catch {
      this.open(false);
      status.textContent = "The map could not be loaded. The list holds the same.";
    }
  }

  private async load(box: HTMLElement): Promise<void> {
    if (this.map) return;
    const [{ createMarksMap }, council] = await Promise.all([import("./marks-map.ts"), loadCouncil()]);
    const { marks, here } = this.shown();
    this.map = createMarksMap(box, council, here ?? marks[0]!, this.pressed);
    void this.map.drawGround();
  }

  private open(isOpen: boolean): void {
    show(byId(this.box), isOpen);
    byId(this.button).setAttribute("aria-expanded", String(isOpen));
  }
}
