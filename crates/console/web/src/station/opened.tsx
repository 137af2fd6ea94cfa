// The one dialog that is open on a station's screen.
import type { Assignment } from "../contract/kezek/record/v1/assignment_pb";
import type { Incident } from "../contract/kezek/record/v1/incident_pb";
import { useDesk, type Speaker } from "./desk";
import type { OwnUnit } from "./fleet";
import { BackupDialog, CloseDialog } from "./incident_dialogs";
import { PersonDialog } from "./people";
import { ReturnDialog } from "./return_dialog";
import type { CrewStep } from "./saying";
import { OutOfServiceDialog, ReportDialog, SignOffDialog, SignOnDialog } from "./unit_dialogs";

/** Which dialog is open, and about what. It stays about that, whatever the screen shows meanwhile. */
export type Open =
  | { readonly is: "person" }
  | { readonly is: "return"; readonly assignments: readonly Assignment[]; readonly speaker: Speaker }
  | { readonly is: "backup"; readonly incident: Incident; readonly speaker: Speaker }
  | { readonly is: "close"; readonly incident: Incident }
  | { readonly is: "report"; readonly unit: OwnUnit; readonly step: CrewStep; readonly speaker: Speaker }
  | { readonly is: "signOn" | "signOff" | "outOfService"; readonly unit: OwnUnit };

export function Opened({ open, onNamed, onClose }: { open: Open | undefined; onNamed: (name: string) => boolean; onClose: () => void }) {
  const { speaker } = useDesk();
  switch (open?.is) {
    case "person": return <PersonDialog name={speaker?.name ?? ""} onNamed={onNamed} onClose={onClose} />;
    case "return": return <ReturnDialog assignments={open.assignments} speaker={open.speaker} onClose={onClose} />;
    case "backup": return <BackupDialog incident={open.incident} speaker={open.speaker} onClose={onClose} />;
    case "close": return <CloseDialog incident={open.incident} onClose={onClose} />;
    case "report": return <ReportDialog unit={open.unit} step={open.step} speaker={open.speaker} onClose={onClose} />;
    case "signOn": return <SignOnDialog unit={open.unit} onClose={onClose} />;
    case "signOff": return <SignOffDialog unit={open.unit} onClose={onClose} />;
    case "outOfService": return <OutOfServiceDialog unit={open.unit} onClose={onClose} />;
    case undefined: return null;
  }
}
