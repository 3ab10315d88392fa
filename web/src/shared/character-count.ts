/** Shows how many characters are left; screen readers hear it once typing pauses. */
import { byId } from "./dom.ts";
import { sayMany } from "./say.ts";

const PAUSE_MS = 1000;
const numbers = new Intl.NumberFormat("en-GB");

/** Expects #<id>-count and #<id>-count-said. Returns a function that counts again after code has set the text. */
export function startCharacterCount(area: HTMLTextAreaElement, most: number): () => void {
  const visible = byId(`${area.id}-count`);
  const announced = byId(`${area.id}-count-said`);
  let pause: number | undefined;

  const count = () => {
    const left = most - area.value.length;
    visible.textContent = countText(left);
    visible.classList.toggle("app-count--over", left < 0);
  };
  area.addEventListener("input", () => {
    count();
    clearTimeout(pause);
    pause = window.setTimeout(() => (announced.textContent = visible.textContent), PAUSE_MS);
  });
  return count;
}

function countText(left: number): string {
  const amount = numbers.format(Math.abs(left));
  return left < 0
    ? sayMany(-left, "You have {amount} character too many", "You have {amount} characters too many", { amount })
    : sayMany(left, "You have {amount} character left", "You have {amount} characters left", { amount });
}
