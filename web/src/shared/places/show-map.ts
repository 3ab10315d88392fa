/** A button that shows the places of a list on a map, which is loaded only when it is opened. */
import { loadCouncil } from "../council.ts";
import { byId, show } from "../dom.ts";
import type { Place } from "../reports.ts";
import type { Mark, MarksMap } from "./marks-map.ts";
import { say } from "../say.ts";

/** What the map shows. */
export interface MapContent {
  marks: Mark[];
  here: Place | null;
}

export class MapOnRequest {
  private map: MarksMap | null = null;
  private readonly opener: HTMLElement;
  private readonly status: HTMLElement;
  private readonly closedWords: string;

  /** Expects #<button>, #<box> and #<box>-status. `onPress` returns the list element that gets the focus. */
  constructor(
    button: string,
    private readonly box: string,
    private readonly content: () => MapContent,
    private readonly onPress: (index: number) => HTMLElement | undefined,
  ) {
    this.opener = byId(button);
    this.status = byId(`${box}-status`);
    this.closedWords = this.opener.textContent;
    this.opener.addEventListener("click", () => void this.toggle());
  }

  /** Marks one as chosen. */
  highlight(index: number): void {
    this.map?.highlight(index);
  }

  /** After the list has changed. */
  redraw(): void {
    const { marks, here } = this.content();
    this.status.textContent = "";
    if (!byId(this.box).hidden) this.map?.draw(marks, here);
  }

  close(): void {
    this.setOpen(false);
  }

  private async toggle(): Promise<void> {
    const box = byId(this.box);
    this.setOpen(Boolean(box.hidden));
    if (box.hidden) return;
    try {
      this.status.textContent = this.map ? "" : say("Loading the map…");
      await this.load(box);
      this.redraw();
    } catch {
      this.setOpen(false);
      this.status.textContent = say("We could not load the map. The list has the same information.");
    }
  }

  private async load(box: HTMLElement): Promise<void> {
    if (this.map) return;
    const [{ createMarksMap }, council] = await Promise.all([import("./marks-map.ts"), loadCouncil()]);
    const { marks, here } = this.content();
    this.map = createMarksMap(box, council, here ?? marks[0]!, (index) => this.selectMark(index));
    void this.map.drawBasemap();
  }

  /** Moves the focus without scrolling, so that the map stays in place. */
  private selectMark(index: number): void {
    this.highlight(index);
    this.onPress(index)?.focus({ preventScroll: true });
    const { name } = this.content().marks[index]!;
    this.status.textContent = say("Selected: {number}. {name}", { number: index + 1, name });
  }

  private setOpen(isOpen: boolean): void {
    show(byId(this.box), isOpen);
    this.opener.setAttribute("aria-expanded", String(isOpen));
    this.opener.textContent = isOpen ? say("Hide the map") : this.closedWords;
    this.status.textContent = "";
  }
}
