// Forgets what was entered for what is over: a form that is offered nowhere any more. Nobody would find the words, and who signs out would be asked
// about them.
import type { Console } from "../../context";
import { Typed } from "../../look/typed";
import type { Action, DeskState } from "../state";
import { Entered, KEPT_AS, nameOf } from "./entered";
import { offeredOf } from "./offered";

/** Forgets what was entered for incidents, runs and assignments that ended, and what cannot be read any more. An open form keeps what stands in it. */
export function forgetOver({ session, link: { state, picture } }: Pick<Console, "session" | "link">, desk: Pick<DeskState, "selected" | "action">): void {
  // only a picture that is whole and true says that something is not there
  if (state.peek().at !== "live") return;
  const typed = new Typed(session);
  const [selected, begun] = [desk.selected.peek(), desk.action.peek()];
  const open = selected === undefined || begun === undefined ? "" : nameOf(selected, begun);
  for (const name of typed.names) {
    if (!name.startsWith(KEPT_AS) || name === open) continue;
    const [incidentId, action] = JSON.parse(name.slice(KEPT_AS.length)) as [string, Action];
    const offered = offeredOf(incidentId, picture).some((one) => nameOf(incidentId, one) === name);
    if (!offered || new Entered(session, incidentId, action).fields === undefined) typed.drop(name);
  }
}
