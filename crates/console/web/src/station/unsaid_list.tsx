// What was said and has no answer: refused, unknown, or kept over a dead link. A person decides about each; none is sent by itself.
import { useConsole } from "../context";
import { Refused } from "../look/look";
import { timeOfDay } from "../words/time";
import { words } from "../words/words";
import { useDesk } from "./desk";
import { described } from "./described";
import type { Saying } from "./saying";
import type { Unsaid } from "./unsaid";

/** Sayings that a person said in one breath: the same words about the same, in the same state. */
interface Together {
  readonly what: string;
  readonly ones: readonly Unsaid[];
}

/** Whether a saying is about an incident or an assignment, and not about a unit. */
export function isOfIncident({ say }: Saying): boolean {
  return say === "received" || say === "accepted" || say === "returned" || say === "standDownConfirmed" || say === "backup" || say === "close";
}

/** Of the sayings without an answer, those that belong to one part of the screen. What is only on its way is not among them. */
export function useUnsaid(of: (saying: Saying) => boolean): readonly Together[] {
  const { places } = useConsole();
  const { sayings, picture } = useDesk();
  const found = new Map<string, { what: string; ones: Unsaid[] }>();
  for (const one of sayings.list.value) {
    if (one.state === "sending" || !of(one.saying)) continue;
    const what = described(one.saying, picture, places.value);
    const together = found.get(`${one.state} ${what}`) ?? { what, ones: [] };
    together.ones.push(one);
    found.set(`${one.state} ${what}`, together);
  }
  return [...found.values()];
}

export function UnsaidList({ list }: { list: readonly Together[] }) {
  return (
    <ul class="unsaid" aria-label={words().station.unsaid.title}>
      {list.map((together) => <Entry key={together.ones[0]?.id} {...together} />)}
    </ul>
  );
}

function Entry({ what, ones }: Together) {
  const { places } = useConsole();
  const { sayings, live } = useDesk();
  const { unsaid } = words().station;
  const [one] = ones;
  if (one === undefined) return null;
  const zone = places.value?.directory.timeZone ?? "UTC";
  const each = (does: (id: string) => void) => (): void => ones.forEach(({ id }) => does(id));
  return (
    <li data-state={one.state}>
      <p><strong>{what}</strong> · {unsaid.saidAt(timeOfDay(one.saidAt, zone))}</p>
      {one.state === "waiting" ? <p>{live ? unsaid.confirm : unsaid.waiting}</p> : null}
      {one.state === "unknown" ? <p>{unsaid.unknown}</p> : null}
      {one.state === "refused" && one.refusal !== undefined ? <Refused refusal={one.refusal} /> : null}
      <p class="choices">
        {one.state === "refused" ? null : <button type="button" data-tone="main" disabled={!live} onClick={each((id) => void sayings.again(id))}>{one.state === "waiting" ? unsaid.send : unsaid.sendAgain}</button>}
        <button type="button" onClick={each((id) => sayings.drop(id))}>{one.state === "refused" ? unsaid.read : unsaid.drop}</button>
      </p>
    </li>
  );
}
