/** A bar chart with a table of the same numbers for screen readers. Bars differ by pattern as well as colour. */
import { dataTable } from "./data-table.ts";
import { element, screenReaderText } from "./dom.ts";
import { say } from "./say.ts";

/** A hidden number is null. */
export interface Row {
  name: string;
  values: (number | null)[];
}

export interface Chart {
  title: string;
  /** The heading of the rows, such as "Month". */
  rows: string;
  columns: string[];
  /** How many columns are drawn as bars, from the first. */
  barCount: number;
  data: Row[];
  text?: (value: number, column: number) => string;
  /** The words for a hidden number. */
  missing?: string;
}

type FormatValue = (value: number | null, column: number) => string;

const PATTERNS = 3;
const NUMBER = new Intl.NumberFormat("en-GB");

export function chart({
  title,
  rows,
  columns,
  barCount,
  data,
  text = (value) => NUMBER.format(value),
  missing = say("hidden"),
}: Chart): HTMLElement {
  const shown: FormatValue = (value, column) => (value === null ? missing : text(value, column));
  const most = Math.max(1, ...data.flatMap(({ values }) => values.slice(0, barCount).map((value) => value ?? 0)));
  const bars = element(
    "div",
    { class: "app-chart__bars", "aria-hidden": "true" },
    legend(columns.slice(0, barCount)),
    ...data.map((row) => barsOf(row, barCount, most, shown)),
  );
  return element(
    "section",
    {},
    element("h2", {}, title),
    element("div", { class: "app-chart" }, bars, table(title, rows, columns, data, shown)),
  );
}

function legend(columns: string[]): HTMLElement {
  const entries = columns.map((name, at) =>
    element("span", {}, element("span", { class: `app-chart__key app-chart__bar--${at % PATTERNS}` }), name),
  );
  return element("p", { class: "app-chart__legend" }, ...entries);
}

function barsOf({ name, values }: Row, barCount: number, most: number, shown: FormatValue): HTMLElement {
  const bars = values.slice(0, barCount).map((value, at) => {
    if (value === null)
      return element(
        "span",
        { class: "app-chart__line" },
        element("span", { class: "app-chart__hidden" }, shown(value, at)),
      );
    const bar = element("span", { class: `app-chart__bar app-chart__bar--${at % PATTERNS}` });
    bar.style.inlineSize = `${(78 * value) / most}%`;
    return element(
      "span",
      { class: "app-chart__line" },
      ...(value ? [bar] : []),
      element("span", { class: "app-chart__value" }, shown(value, at)),
    );
  });
  return element(
    "div",
    { class: "app-chart__row" },
    element("span", { class: "app-chart__name" }, name),
    element("span", {}, ...bars),
  );
}

function table(title: string, rows: string, columns: string[], data: Row[], shown: FormatValue): HTMLElement {
  const lines = data.map(({ name, values }) => [
    name,
    ...values.map((value, at) => (value === null ? hiddenValue(shown(value, at)) : shown(value, at))),
  ]);
  return dataTable(title, [rows, ...columns], lines);
}

function hiddenValue(missing: string): HTMLElement {
  return element("span", {}, element("span", { "aria-hidden": "true" }, "–"), screenReaderText(missing));
}
