// The few shapes that every screen shares: a priority, an age, a countdown, a panel, a refusal.
import type { ComponentChildren } from "preact";
import { useConsole } from "../context";
import type { Refusal } from "../api/refusal";
import { language } from "../words/languages";
import { refusalSentence } from "../words/refusals";
import { span } from "../words/time";
import { words } from "../words/words";
import { factsOf, withoutIds } from "./facts";

/** Shape, digit and colour: each says the same, so that none is needed. */
const SHAPES = ["", "▲", "◆", "●", "○", "·"];

/** How urgent something is, 1 to 5. */
export function Priority({ of }: { of: number }) {
  return (
    <span class="priority" data-priority={of} title={`${words().common.priority} ${of}`}>
      <span aria-hidden="true">{SHAPES[of] ?? ""}</span>
      {of}
    </span>
  );
}

/** Text that may end in dots where there is no room for it; the whole of it is told to whoever points at it. */
export function Cut({ text, also = "" }: { text: string; also?: string }) {
  return <span class={`cut ${also}`} title={text}>{text}</span>;
}

/** How long something has been so: `4:10`, on the centre's clock. */
export function Age({ since }: { since: number }) {
  const { now } = useConsole();
  return <span class="numbers">{span(now.value - since)}</span>;
}

/** Time left until something is due; late ones count up. Coloured only when four fifths of the time are gone. */
export function Countdown({ due, from }: { due: number; from?: number }) {
  const { now } = useConsole();
  const left = due - now.value;
  const gone = from === undefined || due <= from ? 0 : (now.value - from) / (due - from);
  const stage = left <= 0 ? "over" : gone >= 0.8 ? "near" : "calm";
  const said = span(Math.abs(left));
  return <span class="timer" data-stage={stage}>{left <= 0 ? words().common.late(said) : said}</span>;
}

/** How old what is shown is, in milliseconds, where it may not be taken for true; absent: it may. */
export function useStaleness(): number | undefined {
  const { link, now } = useConsole();
  const at = link.state.value.at;
  // without a token nothing comes any more, however well the line stands
  const stale = at === "late" || at === "lost" || at === "resync" || at === "signed_out";
  return stale ? Math.max(0, now.value - link.trueAt.value) : undefined;
}

/** A region of a screen with its title and how true it is. */
export function Panel({ title, aside, id, children }: { title: string; aside?: ComponentChildren; id?: string; children: ComponentChildren }) {
  const stale = useStaleness();
  return (
    <section class="panel" data-stale={stale !== undefined} aria-label={title} id={id}>
      <header>
        <h2>{title}</h2>
        {aside}
        {stale === undefined ? null : <span class="age stale">◷ {span(stale)}</span>}
      </header>
      <div class="body">{children}</div>
    </section>
  );
}

/**
 * A refusal beside what was refused: what is wrong, where it stands now, what would do. `quiet`: it is not read out, because the person is
 * still typing; `mended`: whoever shows it offers what would do instead.
 */
export function Refused({ refusal, quiet = false, mended = false }: { refusal: Refusal; quiet?: boolean; mended?: boolean }) {
  const { link, places } = useConsole();
  const reading = { words: words(), language: language.value, places: places.value, picture: link.picture };
  const offered = mended ? ["choices", "remedy", "form"] : [];
  const { reason, sentence, fields } = refusal;
  const facts = factsOf(refusal, reading).filter(({ name }) => !offered.includes(name));
  return (
    <p class="refused" {...(quiet ? {} : { role: "alert" })}>
      <strong title={reading.words.codes.page(`${reason}.md`)}>{reason}</strong> {refusalSentence(reason) ?? withoutIds(sentence, reading)}
      {facts.map(({ name, label, value }) => <span key={name} class={name === "done" ? "half" : undefined}> · {label}: {value}</span>)}
      {fields.map(({ field, description }) => <span key={field}> · {field}: {withoutIds(description, reading)}</span>)}
    </p>
  );
}
