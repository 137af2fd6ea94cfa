// What this desk has put aside, until when and why.
import { useConsole } from "../context";
import { Dialog } from "../look/dialog";
import { language } from "../words/languages";
import { hourMinute } from "../words/time";
import { words } from "../words/words";
import { aboutOf, sentenceOf } from "./about";
import type { AlarmRow } from "./rows";
import type { Shelved } from "./shelf";

/** The rows that are put aside, and the shelf that they lie on. */
interface ShelfListProps {
  readonly rows: readonly AlarmRow[];
  readonly shelf: readonly Shelved[];
  readonly onClose: () => void;
  readonly onChange: (shelf: readonly Shelved[]) => void;
}

export function ShelfList({ rows, shelf, onClose, onChange }: ShelfListProps) {
  const { link, places } = useConsole();
  const speech = words();
  const { alarms } = speech;
  const zone = places.value?.directory.timeZone;
  const holds = (row: AlarmRow) => (put: Shelved): boolean => row.alarms.some(({ alarmId }) => put.alarmIds.includes(alarmId));
  return (
    <Dialog title={alarms.shelved(rows.length)} onClose={onClose}>
      {rows.length === 0 ? <p>{alarms.noneShelved}</p> : null}
      <ul class="alarm-details">
        {rows.map((row) => {
          const put = shelf.findLast(holds(row));
          const [gravest] = row.alarms;
          if (gravest === undefined || put === undefined) return null;
          const about = aboutOf(gravest, link.picture, places.value, language.value, speech);
          return (
            <li key={row.key}>
              <p><strong>{gravest.code}</strong> {sentenceOf(gravest.code, speech)} {[about.incident, ...about.rest].join(" ")}</p>
              <p class="muted">{zone === undefined ? "" : `${alarms.until(hourMinute(put.until, zone))} · `}{put.reason}</p>
              <button type="button" onClick={() => onChange(shelf.filter((one) => !holds(row)(one)))}>{alarms.unshelve}</button>
            </li>
          );
        })}
      </ul>
    </Dialog>
  );
}
