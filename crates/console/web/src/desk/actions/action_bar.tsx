// What can be done with the selected incident: a button each, with its key, and dots where something was entered and not sent; what its state does
// not allow is not offered.
import { useConsole } from "../../context";
import type { Incident } from "../../contract/kezek/record/v1/incident_pb";
import { keyLabel } from "../../look/keys";
import { words } from "../../words/words";
import { useDesk, type Action } from "../state";
import { Entered } from "./entered";
import { actionsOf } from "./offered";

export function ActionBar({ incident }: { incident: Incident }) {
  const { session } = useConsole();
  const { begin } = useDesk();
  const say = words().desk.actions.buttons;
  return (
    <div class="action-bar" role="toolbar" aria-label={words().desk.actions.title}>
      {actionsOf(incident).map((offered) => (
        <button key={offered.what} type="button" onClick={() => begin({ what: offered.what } as Action)}>
          {say[offered.what]}{new Entered(session, incident.incidentId, { what: offered.what } as Action).fields === undefined ? "" : " …"} <kbd>{keyLabel(offered.code)}</kbd>
        </button>
      ))}
    </div>
  );
}
