/** Opens a page of the desk. */
import "./desk.scss";
import { openForOfficers } from "../../shared/staff-page.ts";
import { startUndo } from "./undo.ts";

/** `open` returns false if there is nothing to show; `load` reads the page again after a change was undone. */
export function openDesk(open: () => Promise<boolean | void>, load: () => Promise<unknown>): void {
  startUndo(load);
  void openForOfficers(open);
}
