// Tells the centre that an assignment is on the desk's screen: only once its words were really painted on a page that somebody can see.
import type { RefObject } from "preact";
import { useEffect } from "preact/hooks";
import { useConsole } from "../context";
import { requestId, type Call } from "../api/api";
import { refusal } from "../api/refusal";
import type { Assignment } from "../contract/kezek/record/v1/assignment_pb";
import { maySend } from "../link/state";

/** How long after no answer came it is told again. */
const AGAIN_MS = 3_000;

/** How much of it must be in view. */
const IN_VIEW = 0.6;

/** Tells once per assignment that it is on the screen, under one request id until an answer came. */
export class Delivery {
  readonly #told = new Map<string, { readonly id: string; over: boolean; sending: boolean }>();

  /** Tells it, unless it has been; true if the centre has answered. */
  async tell(call: Call, assignmentId: string): Promise<boolean> {
    const one = this.#told.get(assignmentId) ?? { id: requestId(), over: false, sending: false };
    this.#told.set(assignmentId, one);
    if (one.over || one.sending) return one.over;
    one.sending = true;
    try {
      await call("DeskService").reportDelivered({ requestId: one.id, assignmentId });
      one.over = true;
    } catch (thrown) {
      // a refusal is an answer: it was returned or stood down meanwhile, and nobody waits for this any more
      one.over = !refusal(thrown).unknown;
    }
    one.sending = false;
    return one.over;
  }
}

const delivery = new Delivery();

/** Watches an element that shows an assignment, and tells the centre when it was painted. Only for the duty officer whose desk it is. */
export function useDelivered(shown: RefObject<HTMLElement | null>, assignment: Assignment | undefined): void {
  const { call, link, session } = useConsole();
  const sent = assignment?.state?.state.case === "sent" && session.role === "duty_officer" && session.station === assignment.stationId;
  const id = assignment?.assignmentId;
  const mayTell = maySend(link.state.value);
  useEffect(() => {
    const element = shown.current;
    if (!sent || !mayTell || id === undefined || element === null) return;
    let again: ReturnType<typeof setTimeout> | undefined;
    let gone = false;
    let inView = false;
    const tell = async (): Promise<void> => {
      if (gone || !inView || document.visibilityState !== "visible") return;
      if (!(await delivery.tell(call, id)) && !gone) again = setTimeout(() => void tell(), AGAIN_MS);
    };
    // the observer speaks after a layout; a frame later its pixels are out
    const look = (): void => void requestAnimationFrame(() => void tell());
    const observer = new IntersectionObserver((seen) => {
      inView = seen.some(({ isIntersecting, intersectionRatio }) => isIntersecting && intersectionRatio >= IN_VIEW);
      look();
    }, { threshold: [0, IN_VIEW] });
    observer.observe(element);
    document.addEventListener("visibilitychange", look);
    return () => {
      gone = true;
      clearTimeout(again);
      observer.disconnect();
      document.removeEventListener("visibilitychange", look);
    };
  }, [shown, sent, mayTell, id, call]);
}
