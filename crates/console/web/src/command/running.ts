// A line on its way: previews while it is typed, and one request that is the same one until an answer came.
import { useEffect, useRef, useState } from "preact/hooks";
import { timestampMs } from "../api/times";
import { requestId } from "../api/api";
import { refusal, type Refusal } from "../api/refusal";
import { useConsole } from "../context";
import { type Effect, type RunCommandResponse } from "../contract/kezek/command/v1/command_service_pb";
import { LATE_COMMAND_MS, maySend } from "../link/state";

/** How long nothing must be typed before the centre is asked what the line would do. */
export const PREVIEW_AFTER_MS = 80;
/** How often it is asked again while the line stands: a unit that was free when the line was typed may not be when it is sent. */
export const PREVIEW_AGAIN_MS = 5_000;

/** What a line would do, or why it would not. */
export type Preview = { readonly effect: Effect } | { readonly refused: Refusal } | undefined;

/** What the line typed now would do. What was asked about an earlier line is dropped, whenever it comes. */
export function usePreview(line: string, selected: string | undefined, asks: boolean): Preview {
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
  }, [call, link, of, empty, asks]);
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
  /** Sends a line; true once it was done. Asked again about the same line, of which no answer came, it is the same request. */
  run(line: string, selected: string | undefined): Promise<RunCommandResponse | undefined>;
  /** Forgets the refusal: the line is another one now. */
  forget(): void;
}

/** Sends lines, one at a time. */
export function useRunning(): Running {
  const { call, link } = useConsole();
  const [busy, setBusy] = useState(false);
  const [refused, setRefused] = useState<Refusal | undefined>(undefined);
  const [outcome, setOutcome] = useState<Outcome | undefined>(undefined);
  const open = useRef<{ readonly of: string; readonly id: string } | undefined>(undefined);
  const underWay = useRef(false);

  const run = async (line: string, selected: string | undefined): Promise<RunCommandResponse | undefined> => {
    if (underWay.current || !maySend(link.state.peek())) return undefined;
    const of = `${selected ?? ""}\n${line}`;
    const request = open.current?.of === of ? open.current : { of, id: requestId() };
    open.current = request;
    underWay.current = true;
    setBusy(true);
    setRefused(undefined);
    const limit = link.state.peek().at === "late" ? { timeoutMs: LATE_COMMAND_MS } : {};
    try {
      const response = await call("CommandService").runCommand({ requestId: request.id, line, selectedIncidentId: selected ?? "" }, limit);
      open.current = undefined;
      setOutcome({ line, effect: response.effect, at: link.now(), undoUntil: response.undoUntil === undefined ? undefined : timestampMs(response.undoUntil) });
      return response;
    } catch (thrown) {
      const why = refusal(thrown);
      // an answer that says no is an answer: what is typed next is another request
      if (!why.unknown) open.current = undefined;
      setRefused(why);
      return undefined;
    } finally {
      underWay.current = false;
      setBusy(false);
    }
  };
  return { busy, refused, outcome, run, forget: () => setRefused(undefined) };
}
