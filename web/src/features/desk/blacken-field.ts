/** A picture on which areas are drawn by pointer, with number fields for the same areas in per cent of its size. */
import type { FieldError } from "../../shared/api.ts";
import { actionButton, element, screenReaderText } from "../../shared/dom.ts";

/** In fractions of the picture's width and height. */
interface Area {
  x: number;
  y: number;
  width: number;
  height: number;
}

const EDGES = ["x", "y", "width", "height"] as const;
const NAMES = { x: "From the left", y: "From the top", width: "Width", height: "Height" };
const LEAST = 0.01;
const MOST = 20;
const START: Area = { x: 0.4, y: 0.4, width: 0.2, height: 0.2 };

interface Row {
  box: HTMLElement;
  fields: HTMLElement;
  inputs: Record<keyof Area, HTMLInputElement>;
}

const clamp = (value: number, least: number, most: number) => Math.min(Math.max(value, least), most);

export class BlackenField {
  readonly part: HTMLElement;
  private readonly rows: Row[] = [];
  private readonly picture: HTMLElement;
  private readonly list = element("div");
  private made = 0;

  constructor(url: string, name: string) {
    const image = element("img", { src: url, alt: name, draggable: "false" });
    this.picture = element("div", { class: "desk-blacken" }, image);
    this.picture.addEventListener("pointerdown", (event) => this.draw(event));
    const add = actionButton("Add an area", () => this.add(START).inputs.x.focus());
    add.id = "blacken-add";
    this.part = element("div", {}, this.picture, this.list, add);
  }

  areas(): { all: Area[] } | FieldError {
    if (!this.rows.length) return { field: "blacken-add", message: "Draw over part of the photo, or add an area" };
    const all = this.rows.map(({ inputs }) => this.read(inputs));
    const wrong = all.findIndex(
      (area) =>
        EDGES.some((edge) => !Number.isFinite(area[edge]) || area[edge] < 0 || area[edge] > 1) ||
        area.width < LEAST ||
        area.height < LEAST,
    );
    if (wrong >= 0)
      return {
        field: this.rows[wrong]!.inputs.x.id,
        message: `Area ${wrong + 1}: enter numbers from 0 to 100, with a width and height of at least 1`,
      };
    return { all };
  }

  private draw(event: PointerEvent): void {
    if (event.button !== 0 || this.rows.length >= MOST) return;
    event.preventDefault();
    const from = this.at(event);
    const row = this.add({ ...from, width: 0, height: 0 });
    const move = (to: PointerEvent) => {
      const now = this.at(to);
      this.write(row, {
        x: Math.min(from.x, now.x),
        y: Math.min(from.y, now.y),
        width: Math.abs(now.x - from.x),
        height: Math.abs(now.y - from.y),
      });
    };
    const end = (to: PointerEvent) => {
      move(to);
      this.picture.removeEventListener("pointermove", move);
      this.picture.removeEventListener("pointerup", end);
      this.picture.removeEventListener("pointercancel", end);
      const { width, height } = this.read(row.inputs);
      if (width < LEAST || height < LEAST) this.remove(row);
    };
    this.picture.setPointerCapture(event.pointerId);
    this.picture.addEventListener("pointermove", move);
    this.picture.addEventListener("pointerup", end);
    this.picture.addEventListener("pointercancel", end);
  }

  private at({ clientX, clientY }: PointerEvent): { x: number; y: number } {
    const { left, top, width, height } = this.picture.getBoundingClientRect();
    return { x: clamp((clientX - left) / width, 0, 1), y: clamp((clientY - top) / height, 0, 1) };
  }

  private add(area: Area): Row {
    const number = ++this.made;
    const box = element("div", { class: "desk-blacken__area" });
    const fields = element(
      "fieldset",
      { class: "govuk-fieldset desk-blacken__fields" },
      element("legend", { class: "govuk-fieldset__legend" }, `Area ${number}, in per cent of the photo`),
    );
    const inputs = Object.fromEntries(EDGES.map((edge) => [edge, this.input(edge, number)])) as Row["inputs"];
    const row = { box, fields, inputs };
    for (const edge of EDGES) {
      const label = element("label", { class: "govuk-label", for: inputs[edge].id }, NAMES[edge]);
      fields.append(element("div", { class: "govuk-form-group" }, label, inputs[edge]));
      inputs[edge].addEventListener("input", () => this.place(row));
    }
    const remove = actionButton("Remove", () => {
      this.remove(row);
      this.part.querySelector<HTMLElement>("#blacken-add")!.focus();
    });
    remove.append(screenReaderText(` area ${number}`));
    fields.append(remove);
    this.rows.push(row);
    this.picture.append(box);
    this.list.append(fields);
    this.write(row, area);
    return row;
  }

  private input(edge: keyof Area, number: number): HTMLInputElement {
    return element("input", {
      class: "govuk-input govuk-input--width-4",
      id: `area-${number}-${edge}`,
      type: "number",
      min: "0",
      max: "100",
      step: "1",
    });
  }

  private remove(row: Row): void {
    row.box.remove();
    row.fields.remove();
    this.rows.splice(this.rows.indexOf(row), 1);
  }

  private write(row: Row, area: Area): void {
    for (const edge of EDGES) row.inputs[edge].value = String(Math.round(area[edge] * 100));
    this.place(row);
  }

  private place({ box, inputs }: Row): void {
    const { x, y, width, height } = this.read(inputs);
    Object.assign(box.style, {
      left: `${x * 100}%`,
      top: `${y * 100}%`,
      width: `${width * 100}%`,
      height: `${height * 100}%`,
    });
  }

  private read(inputs: Row["inputs"]): Area {
    const part = (edge: keyof Area) => (inputs[edge].value === "" ? Number.NaN : Number(inputs[edge].value) / 100);
    return { x: part("x"), y: part("y"), width: part("width"), height: part("height") };
  }
}
