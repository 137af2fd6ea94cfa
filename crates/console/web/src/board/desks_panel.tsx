// Duty desks and operators' desks.
import { useComputed } from "@preact/signals";
import { useConsole } from "../context";
import { Age } from "../look/look";
import { language } from "../words/languages";
import { span } from "../words/time";
import { words } from "../words/words";
import { useBoard } from "./around";
import { desks, operators, ringing, type DeskRow } from "./desks";
import { alarmRate } from "./observe";
import { BoardPanel, type Table } from "./panel";
import type { TapeEvent } from "./tape";

/** Over how long alarms are counted, and how many of them one desk can act on in that time (the figures of the alarm guidelines). */
export const RATE_MS = 10 * 60_000;
export const RATE_MAX = 10;

/** Whether a desk can be reached; in words and by shape, and coloured only where somebody must use the telephone. */
function DeskState({ row }: { row: DeskRow }) {
  const said = words().board.desks;
  if (row.link === "down") return <span class="mark" data-mark="down">✕ {said.down} {row.downSince === undefined ? null : <Age since={row.downSince} />}</span>;
  if (row.silent) return <span class="mark" data-mark="silent">▲ {said.silent(row.missed)}</span>;
  if (row.link === "unknown") return <span class="muted">? {said.unknown}</span>;
  // what is as it should be is said in one sign, so that what is not stands out
  return <span class="muted" title={said.up}><span aria-hidden="true">✓</span><span class="visually-hidden">{said.up}</span>{row.missed > 0 ? ` ${said.missed(row.missed)}` : ""}</span>;
}

/** True where nobody needs the telephone: the desk is connected and answers, or has nothing to answer. */
function isReached({ link, silent, open }: DeskRow): boolean {
  return !silent && (link === "up" || (link === "unknown" && open === 0));
}

/** `events` are those of the tape, from which alarms are counted. */
export function Desks({ events }: { events: readonly TapeEvent[] }) {
  const { link, places, now } = useConsole();
  const { moved } = useBoard();
  const rows = useComputed(() => {
    moved.value;
    return places.value === undefined ? [] : desks(link.picture, places.value);
  });
  const said = words().board.desks;
  const name = (stationId: string): string => places.value?.station(stationId, language.value) ?? stationId;
  const contact = (stationId: string): string => places.value?.stations.get(stationId)?.contact ?? "";
  const { byStation } = alarmRate(events, now.value, RATE_MS);
  const table = (): Table => ({
    head: [words().common.station, said.state, said.open, said.unanswered, said.oldestUnanswered, said.free, said.onDuty, said.allUnits, said.alarms, said.contact],
    rows: rows.value.map((row) => [
      name(row.stationId), `${said.link[row.link]}${row.silent ? `, ${said.silent(row.missed)}` : ""}`, row.open, row.unanswered,
      row.oldestUnanswered === undefined ? "" : span(link.now() - row.oldestUnanswered), row.free, row.onDuty, row.all, byStation.get(row.stationId) ?? 0, contact(row.stationId),
    ]),
  });
  return (
    <BoardPanel title={said.title} name="desks" table={table}>
      <table class="board-table desks">
        <thead>
          <tr>
            <th scope="col">{words().common.station}</th><th scope="col">{said.state}</th><th scope="col" title={said.openLong}>{said.open}</th>
            <th scope="col" title={said.unansweredLong}>{said.unanswered}</th><th scope="col" title={said.freeLong}>{said.units}</th>
            <th scope="col" title={said.alarmsLong}>{said.alarms}</th>
          </tr>
        </thead>
        <tbody>
          {rows.value.map((row) => (
            <tr key={row.stationId}>
              <th scope="row">{name(row.stationId)}{isReached(row) ? null : <span class="contact">☎ {contact(row.stationId)}</span>}</th>
              <td class="desk-state"><DeskState row={row} /></td>
              <td class="numbers">{row.open}</td>
              <td class="numbers">{row.unanswered === 0 ? <span class="muted">—</span> : <>{row.unanswered} · {row.oldestUnanswered === undefined ? null : <Age since={row.oldestUnanswered} />}</>}</td>
              <td class="numbers">{row.free === 0 ? <span class="mark" data-mark="none">{said.none}</span> : <b>{row.free}</b>}<span class="muted"> / {row.onDuty} / {row.all}</span></td>
              <td class="numbers">{byStation.get(row.stationId) ?? 0}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </BoardPanel>
  );
}

/** Operators' desks by their open calls. */
export function Operators() {
  const { link } = useConsole();
  const { moved } = useBoard();
  const rows = useComputed(() => {
    moved.value;
    return { operators: operators(link.picture), ringing: ringing(link.picture) };
  });
  const said = words().board.operators;
  const { operators: all, ringing: waiting } = rows.value;
  const most = Math.max(1, ...all.map(({ calls }) => calls));
  const table = (): Table => ({
    head: [said.desk, said.calls, said.longest],
    rows: all.map(({ desk, calls, longest }) => [desk || said.unnamed, calls, longest === undefined ? "" : span(link.now() - longest)]),
  });
  return (
    <BoardPanel title={said.title} name="operators" table={table}
      aside={<span class={waiting.calls === 0 ? "muted" : ""}>{said.ringing(waiting.calls)}{waiting.oldest === undefined ? null : <> <Age since={waiting.oldest} /></>}</span>}>
      {all.length === 0 ? <p class="muted board-legend">{said.none}</p> : (
        <table class="board-table operators">
          <thead><tr><th scope="col">{said.desk}</th><th scope="col">{said.calls}</th><th scope="col">{said.longest}</th></tr></thead>
          <tbody>
            {all.map(({ desk, calls, longest }) => (
              <tr key={desk}>
                <th scope="row">{desk || said.unnamed}</th>
                <td class="heat-cell"><span class="heat-bar" style={{ width: `${Math.round((calls * 100) / most)}%` }} /><span class="heat-number numbers"><b>{calls}</b></span></td>
                <td>{longest === undefined ? <span class="muted">—</span> : <Age since={longest} />}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </BoardPanel>
  );
}
