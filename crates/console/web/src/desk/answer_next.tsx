// The button that answers the next call, and how many ring: in sight wherever the queue is scrolled to.
import { useConsole } from "../context";
import { words } from "../words/words";
import type { Taking } from "./taking";

export function AnswerNext({ taking }: { taking: Taking }) {
  const { link } = useConsole();
  void link.picture.revision.value;
  const ringing = [...link.picture.calls.values()].filter(({ state }) => state?.state.case === "ringing").length;
  const say = words().desk.card;
  return (
    <button type="button" onClick={() => void taking.answer()}>
      {say.answerNext} {ringing === 0 ? null : <strong class="mark acts">{say.ringing(ringing)}</strong>} <kbd>F4</kbd>
    </button>
  );
}
