// What can be done with the selected incident: a button each, with its key, and dots where something was entered and not sent; what its state does
// not allow is not offered.
import { useConsole } from "../../context";
import type { Incident } from "../../contract/kezek/record/v1/incident_pb";
import { keyLabel } from "../../look/keys";
import { words } from "../../words/words";
import { useDesk } from "../state";
import { dots } from "./entered";
import { incidentActions } from "./offered";

export function ActionBar({ incident }: { incident: Incident }) {
  const { session } = useConsole();
  const { begin } = useDesk();
  const say = words().desk.actions.buttons;
  return (
    <div class="action-bar" role="toolbar" aria-label={words().desk.actions.title}>
      {incidentActions(incident).map(({ action, code }) => (
        <button key={code} type="button" onClick={() => begin(action)}>{say[action.what]}{dots(session, incident.incidentId, action)} <kbd>{keyLabel(code)}</kbd></button>
      ))}
    </div>
  );
}
