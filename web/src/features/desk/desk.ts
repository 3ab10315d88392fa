/** What every page of the desk does first. */
import "./desk.scss";
import { openForOfficers } from "../../shared/staff-page.ts";
import { startUndo } from "./undo.ts";

/** `open` answers false where there is nothing to show; `load` reads anew once a change was taken back. */
export function openDesk(open: () => Promise<boolean | void>, load: () => Promise<unknown>): void {
  startUndo(load);
  void openForOfficers(open);
}
