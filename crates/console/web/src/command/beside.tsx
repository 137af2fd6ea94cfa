// What stands beside the line: what it would do, why it does not, or what became of the last one.
import { useConsole } from "../context";
import { Refused } from "../look/look";
import { language } from "../words/languages";
import { timeOfDay } from "../words/time";
import { words } from "../words/words";
import type { Refusal } from "../api/refusal";
import type { Effect } from "../contract/kezek/command/v1/command_service_pb";
import { cautions, circumstances, likelyLine, sentence, unitLine, type Speech } from "./effect";
import { choicesOf, chosen, exampleOf, few, namesFew, remedyOf } from "./mending";
import { looksAgain, type Outcome, type Preview, type Running } from "./running";

/** What is known of the line. */
interface BesideProps {
  readonly line: string;
  readonly older: boolean;
  readonly sends: boolean;
  readonly preview: Preview;
  readonly running: Running;
  /** Another line was picked instead. */
  readonly onPick: (line: string) => void;
  readonly onUndo: () => void;
}

export function Beside({ line, older, sends, preview, running, onPick, onUndo }: BesideProps) {
  const { command } = words();
  const refused = running.refused;
  return (
    <>
      {older ? <p class="notice">{command.older}</p> : null}
      {sends ? null : <p class="notice" data-urgent="true">◷ {command.cannotSend}</p>}
      {older || refused === undefined ? null : <Mend refusal={refused} line={line} onPick={onPick} />}
      {!older && sends && looksAgain(refused) ? <Would preview={preview} /> : null}
      <p role="status" class="done">
        {running.busy ? command.sending : line.trim() === "" && running.outcome !== undefined ? <Done outcome={running.outcome} onUndo={onUndo} /> : null}
      </p>
    </>
  );
}

function useSpeech(): Speech {
  const { places } = useConsole();
  return { words: words(), language: language.value, places: places.value };
}

/** The effect of a line that is being typed. That it is not yet whole is no mistake, and is not shown as one. */
function Would({ preview }: { preview: Preview }) {
  const { command, codes } = words();
  if (preview === undefined) return null;
  if ("effect" in preview) return <What effect={preview.effect} />;
  const { reason, facts, unknown } = preview.refused;
  if (unknown) return null;
  if (reason === "COMMAND_INCOMPLETE") {
    const expected = (codes.expected as Readonly<Record<string, string>>)[facts["expected"] ?? ""] ?? facts["expected"];
    return (
      <p class="would muted">
        {facts["form"] === undefined ? null : <code>{facts["form"]}</code>}
        {expected === undefined ? null : <span>{command.expected(expected)}</span>}
      </p>
    );
  }
  return (
    <div class="mend">
      <Refused refusal={few(preview.refused)} quiet />
      {namesFew(preview.refused) ? <p class="muted">{command.allCommands}</p> : null}
    </div>
  );
}

function What({ effect }: { effect: Effect }) {
  const speech = useSpeech();
  return (
    <p class="would">
      <strong>{sentence(effect, speech)}</strong>
      {circumstances(effect, speech).map((part) => <span key={part}>{part}</span>)}
      {effect.units.map((unit) => <span key={unit.unitId}>{unitLine(unit, speech)}</span>)}
      {cautions(effect, speech).map((caution) => <span class="caution" key={caution}>⚠ {caution}</span>)}
      {effect.likely.map((likely) => <span key={likely.incident?.incidentId}>{likelyLine(likely, speech)}</span>)}
    </p>
  );
}

/** A refusal that stays beside the line, with what would do instead. */
function Mend({ refusal: whole, line, onPick }: { refusal: Refusal; line: string; onPick: (line: string) => void }) {
  const { command } = words();
  const refusal = few(whole);
  const choices = choicesOf(refusal);
  const { word, form } = refusal.facts;
  const remedy = remedyOf(refusal);
  const example = exampleOf(refusal);
  return (
    <div class="mend">
      <Refused refusal={refusal} mended />
      {refusal.unknown ? <p class="notice">{command.unknown}</p> : null}
      {form === undefined ? null : <p class="muted">{command.form} <code>{form}</code>{example === undefined ? null : <> {command.example}: <code>{example}</code></>}</p>}
      {remedy === undefined ? null : (
        <p>{command.remedy} <button type="button" data-choice onClick={() => onPick(remedy)}><code>{remedy}</code></button></p>
      )}
      {choices.length === 0 ? null : (
        <p role="group" aria-label={command.choices} class="choices" onKeyDown={walk}>
          <span class="muted">{command.choices}</span>
          {choices.map((choice) => <button type="button" data-choice key={choice} onClick={() => onPick(chosen(line, word, choice))}><code>{choice}</code></button>)}
          {namesFew(whole) ? <span class="muted">{command.allCommands}</span> : null}
        </p>
      )}
    </div>
  );
}

/** Arrow keys go from choice to choice. */
function walk(event: KeyboardEvent): void {
  const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.code];
  if (step === undefined || !(event.currentTarget instanceof HTMLElement)) return;
  const choices = [...event.currentTarget.querySelectorAll<HTMLButtonElement>("button[data-choice]")];
  const at = choices.indexOf(event.target as HTMLButtonElement);
  event.preventDefault();
  choices[(at + step + choices.length) % choices.length]?.focus();
}

function Done({ outcome, onUndo }: { outcome: Outcome; onUndo: () => void }) {
  const { places, now } = useConsole();
  const speech = useSpeech();
  const { command } = words();
  const zone = places.value?.directory.timeZone;
  const left = outcome.undoUntil === undefined ? 0 : Math.ceil((outcome.undoUntil - now.value) / 1_000);
  return (
    <>
      <span>{command.done}{zone === undefined ? "" : ` ${timeOfDay(outcome.at, zone)}`}: {outcome.effect === undefined ? outcome.line : sentence(outcome.effect, speech)}</span>
      {left > 0 ? <button type="button" class="numbers" title={command.undoWhy} onClick={onUndo}>{command.undo(left)}</button> : null}
    </>
  );
}
