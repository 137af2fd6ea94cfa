// Forgets what was entered for what is over. Its form is offered nowhere any more: nobody would find the words, and who signs out would be asked
// about them.
import type { Console } from "../../context";
import { Typed } from "../../look/typed";
import type { DeskState } from "../state";
import { KEPT_AS, nameOf } from "./entered";
import { offeredOf } from "./offered";

/** Forgets what was entered for incidents, runs and assignments that ended. What is before the person stays: an open form, and what was entered for an ended incident while it is looked at. */
export function forgetOver({ session, link: { state, picture } }: Pick<Console, "session" | "link">, desk: Pick<DeskState, "selected" | "action">): void {
  // only a picture that is whole and true says that something is not there
  if (state.peek().at !== "live") return;
  const typed = new Typed(session);
  const [selected, begun] = [desk.selected.peek(), desk.action.peek()];
  const open = selected === undefined || begun === undefined ? "" : nameOf(selected, begun);
  for (const name of typed.names) {
    if (!name.startsWith(KEPT_AS) || name === open) continue;
    const [incidentId] = JSON.parse(name.slice(KEPT_AS.length)) as [string];
    if (incidentId === selected && !picture.incidents.has(incidentId)) continue;
    if (!offeredOf(incidentId, picture).some((action) => nameOf(incidentId, action) === name)) typed.drop(name);
  }
}
