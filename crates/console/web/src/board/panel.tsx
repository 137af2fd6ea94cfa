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
  const keep = (): void => {
    if (table === undefined) return;
    const { head, rows } = table();
    // a file outlives its screen: its name says the moment in a form that needs no time zone
    save(`kezek-${name}-${new Date(link.now()).toISOString().slice(0, 19).replaceAll(":", "")}Z`, csv(head, rows));
  };
  const said = words().board.export;
  return (
    <Panel id={`board-${name}`} title={title} aside={
      <>
        <ReplayMark />
        {aside}
        {table === undefined ? null : <button type="button" class="export" title={said.of(title)} onClick={keep}>{said.short}<span class="visually-hidden"> {said.of(title)}</span></button>}
      </>
    }>
      {children}
    </Panel>
  );
}
