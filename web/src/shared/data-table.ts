/** A table with a heading for each row. Large text can make it wider than a phone: it then scrolls by itself. */
import "../styles/figures.scss";
import { element } from "./dom.ts";

type Cell = Node | string;

/** The first of `heads` is that of the rows' headings, the first cell of each row. */
export function dataTable(title: string, heads: string[], rows: Cell[][]): HTMLElement {
  const head = element("tr", {}, ...heads.map((name) => element("th", { scope: "col" }, name)));
  const body = rows.map(([name, ...cells]) =>
    element("tr", {}, element("th", { scope: "row" }, name!), ...cells.map((each) => element("td", {}, each))),
  );
  const table = element(
    "table",
    { class: "app-table" },
    element("caption", { class: "govuk-visually-hidden" }, title),
    element("thead", {}, head),
    element("tbody", {}, ...body),
  );
  return element("div", { class: "app-table-scroll", role: "region", "aria-label": title, tabindex: "0" }, table);
}
