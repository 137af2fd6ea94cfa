// A line on its way: previews while it is typed, and one request that is the same one until an answer came.
import { useEffect, useRef, useState } from "preact/hooks";
import { momentMs } from "../api/times";
import { requestId } from "../api/api";
import { refusal, type Refusal } from "../api/refusal";
import { useConsole } from "../context";
import { type Effect, type RunCommandResponse } from "../contract/kezek/command/v1/command_service_pb";
import { LATE_COMMAND_MS, maySend } from "../link/state";
import type { Typed } from "../look/typed";

/** How long nothing must be typed before the centre is asked what the line would do. */
export const PREVIEW_AFTER_MS = 80;
/** How often it is asked again while the line stands: a unit that was free when the line was typed may not be when it is sent. */
export const PREVIEW_AGAIN_MS = 5_000;

/** What a line would do, or why it would not. */
export type Preview = { readonly effect: Effect } | { readonly refused: Refusal } | undefined;

/** True where the line is looked at again: it was refused, if at all, because it means something else than what was shown. */
export function looksAgain(refused: Refusal | undefined): boolean {
  return refused === undefined || refused.reason === "VERSION_MOVED";
}

/** What the line typed now would do. What was asked about an earlier line is dropped, whenever it comes; and after a refusal it is asked at once. */
export function usePreview(line: string, selected: string | undefined, asks: boolean, refused: Refusal | undefined): Preview {
  const { call, link } = useConsole();
  const [preview, setPreview] = useState<{ readonly of: string; readonly shown: Preview }>({ of: "", shown: undefined });
  const of = `${selected ?? ""}\n${line}`;
  const empty = line.trim() === "" || line.trim() === "?";
  useEffect(() => {
    if (empty || !asks) return;
    const gone = new AbortController();
    const answered = (shown: Preview): void => { if (!gone.signal.aborted) setPreview({ of, shown }); };
    const ask = (): void => {
      if (!maySend(link.state.peek())) return;
      call("CommandService").previewCommand({ line, selectedIncidentId: selected ?? "" }, { signal: gone.signal }).then(
        ({ effect }) => answered(effect === undefined ? undefined : { effect }),
        (thrown: unknown) => answered({ refused: refusal(thrown) }),
      );
    };
    const asking = setTimeout(ask, PREVIEW_AFTER_MS);
    const again = setInterval(ask, PREVIEW_AGAIN_MS);
    return () => {
      clearTimeout(asking);
      clearInterval(again);
      gone.abort();
    };
  }, [call, link, of, empty, asks, refused]);
  return preview.of === of && !empty && asks ? preview.shown : undefined;
}

/** What became of the last line that was sent. */
export interface Outcome {
  readonly line: string;
  readonly effect: Effect | undefined;
  /** When the answer came, on the centre's clock. */
  readonly at: number;
  /** Until when it can be taken back, on the centre's clock. */
  readonly undoUntil: number | undefined;
}

/** A line that was sent, or refused. */
export interface Running {
  readonly busy: boolean;
  readonly refused: Refusal | undefined;
  readonly outcome: Outcome | undefined;
  /** Sends a line; the answer once it was done, or why it was not; nothing where nothing may be sent now. Asked again about the same line, of which no answer came, it is the same request. `shown` is what the person saw it would do: it does that or nothing. */
  run(line: string, selected: string | undefined, shown: Preview): Promise<RunCommandResponse | Refusal | undefined>;
  /** Forgets the refusal: the line is another one now. */
  forget(): void;
}

/** A line that went out, as the service takes it. */
interface Request {
  readonly requestId: string;
  readonly line: string;
  readonly selectedIncidentId: string;
  readonly meaning: string;
}

const OPEN_AS = "command.request";

/** The request of the line that a page begins with, if that went out before the page was loaded and has no answer. */
function unanswered(typed: Typed, line: string): Request | undefined {
  const kept = typed.recall(OPEN_AS) as Request | undefined;
  return kept?.line === line ? kept : undefined;
}

/** Sends lines, one at a time. `begun` is the line that the page begins with. */
export function useRunning(typed: Typed, begun: string): Running {
  const { call, link } = useConsole();
  const [busy, setBusy] = useState(false);
  const [left] = useState(() => unanswered(typed, begun));
  const [refused, setRefused] = useState<Refusal | undefined>(() => (left === undefined ? undefined : refusal("the page was loaded before an answer came")));
  const [outcome, setOutcome] = useState<Outcome | undefined>(undefined);
  const open = useRef(left);
  const underWay = useRef(false);
  const answered = (): void => {
    const own = open.current?.requestId;
    open.current = undefined;
    // another window of the same person may wait for an answer of its own
    if ((typed.recall(OPEN_AS) as Request | undefined)?.requestId === own) typed.drop(OPEN_AS);
  };

  const run = async (line: string, selected: string | undefined, shown: Preview): Promise<RunCommandResponse | Refusal | undefined> => {
    if (underWay.current || !maySend(link.state.peek())) return undefined;
    const meaning = shown !== undefined && "effect" in shown ? shown.effect.meaning : "";
    // what went out unanswered goes out again as it was, whatever is selected by now, as long as it is said that nobody knows; typed anew it is
    // about what is selected and shown now
    const before = open.current;
    const alike = before?.selectedIncidentId === (selected ?? "") && (meaning === "" || before.meaning === "" || before.meaning === meaning);
    const again = before?.line === line && (refused?.unknown === true || alike);
    const request = again ? before : { requestId: requestId(), line, selectedIncidentId: selected ?? "", meaning };
    open.current = request;
    typed.keep(OPEN_AS, request, "sent");
    underWay.current = true;
    setBusy(true);
    setRefused(undefined);
    const limit = link.state.peek().at === "late" ? { timeoutMs: LATE_COMMAND_MS } : {};
    try {
      const response = await call("CommandService").runCommand(request, limit);
      answered();
      setOutcome({ line, effect: response.effect, at: link.now(), undoUntil: momentMs(response.undoUntil) });
      return response;
    } catch (thrown) {
      const why = refusal(thrown);
      // an answer that says no is an answer: what is typed next is another request
      if (!why.unknown) answered();
      setRefused(why);
      return why;
    } finally {
      underWay.current = false;
      setBusy(false);
    }
  };
  return { busy, refused, outcome, run, forget: () => setRefused(undefined) };
}
