// The mark that nothing is sent by itself: shown only while that is so, because then everything waits for the people at these screens.
import { useConsole } from "../context";
import { AutomaticDispatch } from "../contract/kezek/record/v1/centre_pb";
import { words } from "../words/words";
import "./automatic_off.css";

/** Who switched it and why stand beside it, as far as the watcher may see them. */
export function AutomaticOff() {
  const { link } = useConsole();
  void link.picture.revision.value;
  const { dispatch } = link.picture;
  const say = words().common;
  // stays in the page, so that it is read out when it comes
  return <span class="automatic-off" role="status">{dispatch?.automatic === AutomaticDispatch.OFF ? <Off title={say.automaticOff} by={say.switchedBy(dispatch.switchedBy)} why={dispatch.reason} /> : null}</span>;
}

function Off({ title, by, why }: { title: string; by: string; why: string }) {
  const who = [by, why].filter((part) => part !== "").join(" — ");
  return <span class="off" title={`${title}. ${who}`}><strong>▲ {title}</strong> {who}</span>;
}
