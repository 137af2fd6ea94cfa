// The command line: one line for everything, with what it would do beside it.
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { Recommendation } from "../contract/kezek/record/v1/recommendation_pb";
import { refusal, type Refusal } from "../api/refusal";
import { Verb, type Effect } from "../contract/kezek/command/v1/command_service_pb";
import { useConsole } from "../context";
import { maySend } from "../link/state";
import { askedHelp } from "../look/asked_help";
import { useKeys } from "../look/keys";
import { Typed } from "../look/typed";
import { words } from "../words/words";
import { Beside } from "./beside";
import { commands } from "./role";
import { begun, done, next, previous, type History } from "./history";
import { looksAgain, usePreview, useRunning } from "./running";
import "./command_line.css";

/** What a screen lets its command line know and tell. */
export interface CommandLineProps {
  /** The incident that is selected on the screen, by id; absent: none is. */
  readonly selected: string | undefined;
  /** `V 1043`: shows an incident. */
  readonly onView: (incidentId: string) => void;
  /** `REC 1043`: shows whom the centre would send. */
  readonly onRecommend?: (recommendation: Recommendation) => void;
  /** `ANS`: the caller is on the line now, or will be; `written` is what was written on in the line before the screen could know of whom. False: it opened no card. */
  readonly onAnswer?: (callId: string, written: string) => boolean;
  /** It came to nothing, and why: the caller of `ANS` is somebody else's, or waits on. */
  readonly onNotAnswered?: (callId: string, why: Refusal) => void;
}

const DRAFT_AS = "command.draft";
const HISTORY_AS = "command.history";
const INPUT = "command-line";

export function CommandLine(props: CommandLineProps) {
  const { session } = useConsole();
  // whoever may use no command is not offered any
  return commands(session.role) ? <Line {...props} /> : null;
}

function Line({ selected, onView, onRecommend, onAnswer, onNotAnswered }: CommandLineProps) {
  const { session, link } = useConsole();
  const typed = useMemo(() => new Typed(session), [session]);
  const [line, type] = useDraft(typed);
  const [history, setHistory] = useHistory(typed);
  const [older, setOlder] = useState(false);
  const before = useRef<HTMLElement | null>(null);
  const beside = useRef<HTMLDivElement>(null);
  const input = useRef<HTMLInputElement>(null);
  const running = useRunning(typed, line);
  const preview = usePreview(line, selected, !older && looksAgain(running.refused), running.refused);
  // before the first picture came nothing is lost yet, and nothing is said about it
  const sends = maySend(link.state.value) || link.state.value.at === "connecting";
  const refusedAs = running.refused ?? (preview !== undefined && "refused" in preview ? preview.refused : undefined);
  useEffect(() => { if (refusedAs?.older === true) setOlder(true); }, [refusedAs]);
  useKeys({ F2: () => focusCommandLine() });
  const write = (text: string): void => {
    type(text);
    running.forget();
  };
  const run = async (text: string): Promise<void> => {
    if (text.trim() === "") return;
    if (text.trim() === "?") {
      askedHelp.value = "commands";
      return type("");
    }
    const shown = text === line ? preview : undefined;
    // whoever answers writes on in the card, from the next key on
    const shownCaller = shown !== undefined && "effect" in shown && maySend(link.state.peek()) && !running.busy ? callerOf(shown.effect) : "";
    const caller = shownCaller !== "" && onAnswer?.(shownCaller, "") === true ? shownCaller : "";
    const response = await running.run(text, selected, shown);
    if (response === undefined) return caller === "" ? undefined : onNotAnswered?.(caller, refusal("nothing was sent"));
    if ("reason" in response) return caller === "" ? undefined : onNotAnswered?.(caller, response);
    setHistory((known) => done(known, text));
    const { effect, recommendation } = response;
    const answered = callerOf(effect);
    const inLine = input.current?.value ?? text;
    const written = inLine.startsWith(text) ? inLine.slice(text.length) : "";
    // what was written on goes into the card, and stays in the line where there is none
    const isCarried = answered !== "" && caller === "" && onAnswer?.(answered, written) === true;
    type((now) => (now === text || (isCarried && now === inLine && written !== "") ? "" : now));
    if (effect?.verb === Verb.VIEW && effect.incidentId !== "") onView(effect.incidentId);
    if (recommendation !== undefined) onRecommend?.(recommendation);
  };
  const recallLine = (step: typeof previous): void => {
    const { history: moved, line: found } = step(history, line);
    setHistory(moved);
    write(found);
  };
  const pressed = (event: KeyboardEvent): void => {
    // a key that picks a letter in an input method is not a command
    if (event.isComposing) return;
    const choice = beside.current?.querySelector<HTMLButtonElement>("button[data-choice]");
    const acts: Readonly<Record<string, () => void>> = {
      Enter: () => void run(line),
      NumpadEnter: () => void run(line),
      ArrowUp: () => recallLine(previous),
      ArrowDown: () => (choice == null ? recallLine(next) : choice.focus()),
      Escape: () => back(before.current, event.currentTarget),
    };
    const act = event.altKey || event.ctrlKey || event.shiftKey ? undefined : acts[event.code];
    if (act === undefined) return;
    event.preventDefault();
    act();
  };
  const { command } = words();
  return (
    <section class="command" aria-label={command.title} data-busy={running.busy}>
      <div class="typed">
        <label for={INPUT}><kbd>F2</kbd><span class="visually-hidden">{command.title}</span></label>
        <input
          ref={input} id={INPUT} type="text" value={line} autocomplete="off" autocapitalize="off" spellcheck={false} maxLength={2_000}
          aria-describedby="command-beside" aria-busy={running.busy} placeholder={command.hint}
          onInput={(event) => write(event.currentTarget.value)} onKeyDown={pressed}
          onFocus={(event) => { if (event.relatedTarget instanceof HTMLElement) before.current = event.relatedTarget; }}
        />
      </div>
      <div id="command-beside" class="beside" ref={beside}>
        <Beside
          line={line} older={older} sends={sends} preview={preview} running={running}
          onPick={(text) => { write(text); focusCommandLine(); }} onUndo={() => void run("UNDO")}
        />
      </div>
    </section>
  );
}

/** The call that a line answers; empty: it answers none. */
function callerOf(effect: Effect | undefined): string {
  return effect?.verb === Verb.ANSWER ? effect.callId : "";
}

/** To where the person was; where that is gone, out of the line all the same, so that single keys act again. */
function back(before: HTMLElement | null, input: EventTarget | null): void {
  if (before?.isConnected === true) before.focus();
  else if (input instanceof HTMLElement) input.blur();
}

/** What is being typed, kept for the person, so that a page that is loaded anew goes on with it. */
function useDraft(typed: Typed): [string, (text: string | ((now: string) => string)) => void] {
  const [line, setLine] = useState(() => {
    const kept = typed.recall(DRAFT_AS);
    return typeof kept === "string" ? kept : "";
  });
  useEffect(() => {
    if (line.trim() === "") typed.drop(DRAFT_AS);
    else typed.keep(DRAFT_AS, line, "unsent");
  }, [typed, line]);
  return [line, setLine];
}

function useHistory(typed: Typed): [History, (next: History | ((known: History) => History)) => void] {
  const [history, setHistory] = useState(() => begun(typed.recall(HISTORY_AS)));
  useEffect(() => {
    if (history.lines.length > 0) typed.keep(HISTORY_AS, history.lines, "sent");
  }, [typed, history.lines]);
  return [history, setHistory];
}

/** Puts the cursor into the command line of this page. */
export function focusCommandLine(): void {
  document.querySelector<HTMLInputElement>(`#${INPUT}`)?.focus();
}
