// The queue by district and priority, as numbers with bars.
import { useComputed } from "@preact/signals";
import { useConsole } from "../context";
import { Age, Priority } from "../look/look";
import { language } from "../words/languages";
import { span } from "../words/time";
import { words } from "../words/words";
import { useBoard } from "./around";
import { heat, PRIORITIES, type Cell } from "./heat";
import { BoardPanel, type Table } from "./panel";

/** One cell: how many wait, of how many open; the bar is as long as the queue is beside the longest of the panel. */
function HeatCell({ cell, most, title, onOpen }: { cell: Cell; most: number; title: string; onOpen: () => void }) {
  if (cell.open === 0) return <td class="heat-cell"><span class="muted" aria-label={words().board.heat.none}>·</span></td>;
  return (
    <td class="heat-cell">
      <button type="button" class="heat-open" onClick={onOpen} title={title}>
        <span class="heat-bar" style={{ width: `${most === 0 ? 0 : Math.round((cell.waiting * 100) / most)}%` }} />
        <span class="heat-number numbers"><b>{cell.waiting}</b><span> / {cell.open}</span></span>
        <span class="visually-hidden"> {title}</span>
      </button>
    </td>
  );
}

export function Heat() {
  const { link, places } = useConsole();
  const { moved, list } = useBoard();
  const rows = useComputed(() => {
    moved.value;
    return heat(link.picture.incidents.values(), places.value?.districts.keys() ?? []);
  });
  const { heat: said, csv: heads } = words().board;
  const name = (districtId: string): string => (districtId === "" ? words().common.noDistrict : places.value?.district(districtId, language.value) ?? districtId);
  const most = Math.max(0, ...rows.value.flatMap(({ cells }) => cells.map(({ waiting }) => waiting)));
  const table = (): Table => ({
    head: [words().common.district, ...PRIORITIES.flatMap((priority) => [`${words().common.priority} ${priority}, ${said.waiting}`, `${words().common.priority} ${priority}, ${said.open}`]), said.waiting, said.open, heads.oldest],
    rows: rows.value.map(({ districtId, cells, all }) => [
      name(districtId), ...cells.flatMap(({ waiting, open }) => [waiting, open]), all.waiting, all.open, all.oldest === undefined ? "" : span(link.now() - all.oldest),
    ]),
  });
  return (
    <BoardPanel title={said.title} name="queue" table={table}>
      <table class="board-table heat">
        <thead>
          <tr>
            <th scope="col">{words().common.district}</th>
            {PRIORITIES.map((priority) => <th scope="col" key={priority}><Priority of={priority} /></th>)}
            <th scope="col">{said.all}</th>
            <th scope="col">{said.oldest}</th>
          </tr>
        </thead>
        <tbody>
          {rows.value.map(({ districtId, cells, all }) => (
            <tr key={districtId}>
              <th scope="row">{name(districtId)}</th>
              {cells.map((cell, index) => (
                <HeatCell key={index} cell={cell} most={most} onOpen={() => list(districtId, index + 1)}
                  title={said.cell(name(districtId), index + 1, cell.waiting, cell.open)} />
              ))}
              <HeatCell cell={all} most={0} onOpen={() => list(districtId, undefined)} title={said.row(name(districtId), all.waiting, all.open)} />
              <td>{all.oldest === undefined ? <span class="muted">—</span> : <Age since={all.oldest} />}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <p class="muted board-legend">{said.legend}</p>
    </BoardPanel>
  );
}
