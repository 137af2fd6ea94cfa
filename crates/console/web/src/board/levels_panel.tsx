// The strip of the service: the figures of this moment, and how the norms are kept.
import { useComputed } from "@preact/signals";
import { useEffect, useMemo, useState } from "preact/hooks";
import { useConsole } from "../context";
import type { ServiceLevel } from "../contract/kezek/review/v1/review_service_pb";
import { durationMs } from "../api/times";
import { Dialog } from "../look/dialog";
import { Age, Countdown, Refused } from "../look/look";
import { hourMinute, span } from "../words/time";
import { words } from "../words/words";
import { useBoard } from "./around";
import { RATE_MAX, RATE_MS } from "./desks_panel";
import { figures } from "./heat";
import { choose, chosen, standing, usual, type Standing } from "./levels";
import { alarmRate } from "./observe";
import { BoardPanel, useZone, type Table } from "./panel";
import { OLD_MS, polled, type Known } from "./polling";
import type { TapeEvent } from "./tape";

/** Over how long the norms are counted, in seconds; an hour unless a person chose another. */
const WINDOWS = [900, 3_600, 28_800, 86_400] as const;

/** The share within a limit: `91.3 %`. Rounded down, so that it never looks better than it is. */
export function percent(perMille: number): string {
  return `${words().common.decimal(`${Math.floor(perMille / 10)}.${perMille % 10}`)}\u00A0%`;
}

/** One norm: what it asks, how it is kept, and when it breaks if nobody acts. Each is a line, always at its place. */
function Norm({ of }: { of: Standing }) {
  const { now } = useConsole();
  const { level, cases, share, kept, breachAt } = of;
  const said = words().board.levels;
  const aim = level.aimPerMille % 10 === 0 ? `${level.aimPerMille / 10}\u00A0%` : percent(level.aimPerMille);
  return (
    <li class="norm" data-kept={kept} title={level.source}>
      <p class="norm-name" title={`${said.measure[level.measure] ?? level.normId} ${said.within(level.limitS)} · ${level.source}`}><span>{said.measure[level.measure] ?? level.normId}</span> <span class="numbers">{said.within(level.limitS)}</span></p>
      <p class="norm-share numbers"><b>{share === undefined ? "—" : percent(share)}</b> <span class="muted" title={said.aim(aim)}>≥&nbsp;{aim}</span></p>
      <p><span class="norm-kept">{said.kept[kept]}</span></p>
      <p class="muted numbers">{cases > 0 ? said.decided(Number(level.within), cases) : ""}</p>
      <p class="muted numbers">
        {level.waiting > 0 ? said.waiting(level.waiting) : ""}
        {level.waitingLate > 0 ? <b class="norm-late"> · {said.waitingLate(level.waitingLate)}</b> : null}
      </p>
      <p class="muted numbers">
        {breachAt === undefined ? (kept === "kept" ? said.lateAllowed(Number(level.lateAllowed)) : "") : <>{now.value < breachAt ? said.breach : ""} <Countdown due={breachAt} from={breachAt - level.limitS * 1_000} /></>}
      </p>
    </li>
  );
}

/** Which norms a person looks at. */
function Choice({ levels, shown, onChoose, onClose }: { levels: readonly ServiceLevel[]; shown: readonly string[]; onChoose: (norms: string[]) => void; onClose: () => void }) {
  const said = words().board.levels;
  return (
    <Dialog title={said.choose} onClose={onClose}>
      <p class="muted">{said.chooseWhy}</p>
      {levels.map(({ normId, measure, limitS, aimPerMille, source }) => (
        <label class="choice" key={normId}>
          <input type="checkbox" checked={shown.includes(normId)}
            onChange={({ currentTarget }) => onChoose(levels.map((level) => level.normId).filter((id) => (id === normId ? currentTarget.checked : shown.includes(id))))} />
          <span>{said.measure[measure] ?? normId} {said.within(limitS)}, {said.aim(percent(aimPerMille))} <span class="muted">{source}</span></span>
        </label>
      ))}
    </Dialog>
  );
}

/** A figure of this moment. */
function Figure({ name, children, alert = false }: { name: string; children: preact.ComponentChildren; alert?: boolean }) {
  return <div class="figure" data-alert={alert}><dt>{name}</dt><dd class="numbers">{children}</dd></div>;
}

/** What the queue, the calls and the alarms come to now. */
function Figures({ known, events }: { known: Known; events: readonly TapeEvent[] }) {
  const { link, now } = useConsole();
  const { moved, past } = useBoard();
  const counted = useComputed(() => {
    moved.value;
    return figures(link.picture.incidents.values());
  });
  const said = words().board.figures;
  const { waiting, oldest, urgent } = counted.value;
  const alarms = alarmRate(events, now.value, RATE_MS).all;
  return (
    <dl class="figures">
      <Figure name={said.waiting}>{waiting}</Figure>
      <Figure name={said.oldest}>{oldest === undefined ? "—" : <Age since={oldest} />}</Figure>
      <Figure name={said.urgent}>{urgent}</Figure>
      <Figure name={said.abandoned}>{past !== undefined || known.answer === undefined ? "—" : String(known.answer.abandoned)}</Figure>
      <Figure name={said.alarms} alert={alarms > RATE_MAX}>{alarms}{alarms > RATE_MAX ? <span class="mark" data-mark="silent">▲ {said.tooMany(RATE_MAX)}</span> : null}</Figure>
    </dl>
  );
}

const NOTHING: Known = { answer: undefined, countedAt: 0, refused: undefined };

/** How old the figures are, and from when on they count. */
function Since({ known }: { known: Known }) {
  const { now } = useConsole();
  const zone = useZone();
  const said = words().board.levels;
  const { answer, countedAt, refused } = known;
  if (refused?.older === true) return <p class="muted board-legend" role="status">{said.notKept}</p>;
  if (answer === undefined) return refused === undefined ? <p class="muted board-legend">{said.asking}</p> : <Refused refusal={refused} />;
  const old = now.value - countedAt > OLD_MS;
  const since = answer.since === undefined ? undefined : Number(answer.since.seconds) * 1_000;
  return (
    <p class="muted board-legend numbers">
      {since === undefined ? null : said.since(hourMinute(since, zone))}
      {old ? <span class="stale"> ◷ {said.countedAgo(span(now.value - countedAt))}</span> : null}
    </p>
  );
}

/** The strip. `events` are those of the tape, from which alarms are counted. */
export function Levels({ events }: { events: readonly TapeEvent[] }) {
  const { call, session } = useConsole();
  const { past } = useBoard();
  const [windowS, setWindow] = useState<number>(3_600);
  const [norms, setNorms] = useState(() => chosen(session.name));
  const [choosing, setChoosing] = useState(false);
  const polling = useMemo(() => (past === undefined ? polled(call, windowS) : undefined), [call, windowS, past]);
  useEffect(() => () => polling?.stop(), [polling]);
  const known = polling?.known.value ?? NOTHING;
  const levels = known.answer?.levels ?? [];
  const shown = norms ?? usual(levels);
  const said = words().board.levels;
  const table = (): Table => ({
    head: ["norm", said.source, said.limit, said.aimHead, said.share, said.decidedHead, said.withinHead, said.waitingHead, said.lateHead, said.median, said.ninetieth],
    rows: levels.map((level) => [
      level.normId, level.source, level.limitS, percent(level.aimPerMille), standing(level).share === undefined ? "" : percent(standing(level).share ?? 0),
      Number(level.decided), Number(level.within), level.waiting, level.waitingLate,
      level.median === undefined ? "" : durationMs(level.median) / 1_000, level.ninetieth === undefined ? "" : durationMs(level.ninetieth) / 1_000,
    ]),
  });
  const picked = (of: string[]): void => {
    choose(session.name, of);
    setNorms(of);
  };
  const aside = past !== undefined ? null : (
    <>
      <label class="aside-choice"><span class="visually-hidden">{said.window}</span>
        <select value={windowS} onChange={({ currentTarget }) => setWindow(Number(currentTarget.value))}>
          {WINDOWS.map((seconds) => <option key={seconds} value={seconds}>{said.windows[seconds]}</option>)}
        </select>
      </label>
      {levels.length === 0 ? null : <button type="button" onClick={() => setChoosing(true)}>{said.choose}</button>}
      <Since known={known} />
    </>
  );
  return (
    <BoardPanel title={said.title} name="service" aside={aside} {...(levels.length === 0 ? {} : { table })}>
      <div class="service">
        <Figures known={known} events={events} />
        {past === undefined
          ? <ul class="norms" aria-label={said.norms} tabIndex={0}>{levels.filter(({ normId }) => shown.includes(normId)).map((level) => <Norm key={level.normId} of={standing(level)} />)}</ul>
          : <p class="muted board-legend">{said.notReplayed}</p>}
      </div>
      {choosing ? <Choice levels={levels} shown={shown} onChoose={picked} onClose={() => setChoosing(false)} /> : null}
    </BoardPanel>
  );
}
