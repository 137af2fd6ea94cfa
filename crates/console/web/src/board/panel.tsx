// A panel of the board: its title, the hour it shows if that is not now, and its figures as a file.
import type { ComponentChildren } from "preact";
import { useConsole } from "../context";
import { Panel } from "../look/look";
import { timeOfDay } from "../words/time";
import { words } from "../words/words";
import { useBoard } from "./around";
import { csv, save } from "./csv";

/** A table, as a panel gives it to whoever keeps it. */
export interface Table {
  readonly head: readonly string[];
  readonly rows: readonly (readonly (string | number | undefined)[])[];
}

/** The centre's time zone; until the directory came there is nothing to show in it. */
export function useZone(): string {
  return useConsole().places.value?.directory.timeZone || "UTC";
}

/** `REPLAY 14:03:22`, where the past is shown. */
export function ReplayMark() {
  const { past } = useBoard();
  const zone = useZone();
  if (past === undefined) return null;
  return <strong class="replay-mark numbers">{words().board.replay.mark(timeOfDay(past.position.value, zone))}</strong>;
}

/** `name` becomes the file's; `table` is asked only when somebody wants the file. */
export function BoardPanel({ title, name, aside, table, children }: { title: string; name: string; aside?: ComponentChildren; table?: () => Table; children: ComponentChildren }) {
  const { link } = useConsole();
  const zone = useZone();
  const keep = (): void => {
    if (table === undefined) return;
    const { head, rows } = table();
    const at = link.now();
    const day = new Date(at).toISOString().slice(0, 10);
    save(`kezek-${name}-${day}-${timeOfDay(at, zone).replaceAll(":", "")}`, csv(head, rows));
  };
  const said = words().board.export;
  return (
    <Panel id={`board-${name}`} title={title} aside={
      <>
        <ReplayMark />
        {aside}
        {table === undefined ? null : <button type="button" class="export" title={words_.of(title)} onClick={keep}>{words_.short}<span class="visually-hidden"> {words_.of(title)}</span></button>}
      </>
    }>
      {children}
    </Panel>
  );
}
