/** A button that shows the places of a list on a map, which is loaded only when it is opened. */
import { loadCouncil } from "../council.ts";
import { byId, show } from "../dom.ts";
import type { Place } from "../reports.ts";
import type { Mark, MarksMap } from "./marks-map.ts";
import { say } from "../say.ts";

/** What the map shows. */
export interface Shown {
  marks: Mark[];
  here: Place | null;
}

export class MapOnRequest {
  private map: MarksMap | null = null;
  private readonly opener: HTMLElement;
  private readonly status: HTMLElement;
  private readonly closedWords: string;

  /** Expects #<button>, #<box> and #<box>-status. `pressed` returns the list element that gets the focus. */
  constructor(
    button: string,
    private readonly box: string,
    private readonly shown: () => Shown,
    private readonly pressed: (index: number) => HTMLElement | undefined,
  ) {
    this.opener = byId(button);
    this.status = byId(`${box}-status`);
    this.closedWords = this.opener.textContent;
    this.opener.addEventListener("click", () => void this.toggle());
  }

  /** Marks one as chosen. */
  choose(index: number): void {
    this.map?.choose(index);
  }

  /** After the list has changed. */
  redraw(): void {
    const { marks, here } = this.shown();
    this.status.textContent = "";
    if (!byId(this.box).hidden) this.map?.draw(marks, here);
  }

  close(): void {
    this.open(false);
  }

  private async toggle(): Promise<void> {
    const box = byId(this.box);
    this.open(Boolean(box.hidden));
    if (box.hidden) return;
    try {
      this.status.textContent = this.map ? "" : say("Loading the map…");
      await this.load(box);
      this.redraw();
    } catch {
      this.open(false);
      this.status.textContent = say("We could not load the map. The list has the same information.");
    }
  }

  private async load(box: HTMLElement): Promise<void> {
    if (this.map) return;
    const [{ createMarksMap }, council] = await Promise.all([import("./marks-map.ts"), loadCouncil()]);
    const { marks, here } = this.shown();
    this.map = createMarksMap(box, council, here ?? marks[0]!, (index) => this.press(index));
    void this.map.drawGround();
  }

  /** Moves the focus without scrolling, so that the map stays in place. */
  private press(index: number): void {
    this.choose(index);
    this.pressed(index)?.focus({ preventScroll: true });
    const { name } = this.shown().marks[index]!;
    this.status.textContent = say("Selected: {number}. {name}", { number: index + 1, name });
  }

  private open(isOpen: boolean): void {
    show(byId(this.box), isOpen);
    this.opener.setAttribute("aria-expanded", String(isOpen));
    this.opener.textContent = isOpen ? say("Hide the map") : this.closedWords;
    this.status.textContent = "";
  }
}
