/** The icons of the kinds of problem, whose symbols the build writes into the page. */
const SVG = "http://www.w3.org/2000/svg";

/** The address of a kind's symbol. */
export function symbolOf(serviceCode: string): string {
  const id = `kind-${serviceCode}`;
  return document.getElementById(id) ? `#${id}` : "#kind";
}

/** Shows what the name beside it says. */
export function kindIcon(serviceCode: string): SVGElement {
  const icon = document.createElementNS(SVG, "svg");
  icon.setAttribute("class", "app-icon");
  icon.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", symbolOf(serviceCode));
  icon.append(use);
  return icon;
}
