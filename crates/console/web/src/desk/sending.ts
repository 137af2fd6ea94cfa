// Sending a command and waiting for its answer: one id until an answer came, the refusal kept beside what was typed, nothing sent by a screen
// that is not sure of itself.
import { useRef, useState } from "preact/hooks";
import type { CallOptions } from "@connectrpc/connect";
import { refusal, type Refusal } from "../api/refusal";
import { useConsole } from "../context";
import { LATE_COMMAND_MS, maySend, type Link } from "../link/state";
import { Requests } from "./requests";

/** A form's way to the centre. */
export interface Sender {
  /** True while an answer is awaited. */
  readonly busy: boolean;
  /** Why the last attempt came to nothing. */
  readonly refused: Refusal | undefined;
  /** True where a command may be sent now. */
  readonly may: boolean;
  /** Sends; the answer, or nothing if it was refused or none came. `content` is what was typed: the same content is the same request. */
  send<Request, Answer>(content: string, make: (requestId: string) => Request, act: (request: Request, options: CallOptions) => Promise<Answer>): Promise<Answer | undefined>;
  /** Forgets the refusal. */
  forget(): void;
}

/** How long a command may take on this link. */
export function limits(link: Link): CallOptions {
  const { at } = link.state.value;
  return at === "live" || at === "mismatch" ? {} : { timeoutMs: LATE_COMMAND_MS };
}

/** A way to the centre for one form. */
export function useSender(): Sender {
  const { link } = useConsole();
  const [busy, setBusy] = useState(false);
  const [refused, setRefused] = useState<Refusal | undefined>(undefined);
  const requests = useRef(new Requests());
  const underWay = useRef(false);
  const may = maySend(link.state.value);
  return {
    busy, refused, may,
    forget: () => setRefused(undefined),
    async send(content, make, act) {
      if (underWay.current || !maySend(link.state.value)) return undefined;
      underWay.current = true;
      setBusy(true);
      setRefused(undefined);
      try {
        const answer = await act(requests.current.prepare(content, make), limits(link));
        requests.current.answered();
        return answer;
      } catch (thrown) {
        const why = refusal(thrown);
        if (!why.unknown) requests.current.answered();
        setRefused(why);
        return undefined;
      } finally {
        underWay.current = false;
        setBusy(false);
      }
    },
  };
}
