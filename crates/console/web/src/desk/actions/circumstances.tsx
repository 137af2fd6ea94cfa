// The fields of a report that is entered for somebody else: "at 14:03, by radio, Asanov".
import { useConsole } from "../../context";
import { Channel, type Milestone } from "../../contract/kezek/record/v1/milestone_pb";
import { isBeforeSent } from "../../picture/steps";
import { momentOf, momentText } from "../../words/moment";
import { words } from "../../words/words";
import { Select, TextField } from "./form";
import type { Circumstances } from "./reports";

/** `milestones` are those of whoever it is about: a time before they were sent is cautioned. */
export function CircumstanceFields({ of, onChange, person, milestones }: {
  of: Circumstances; onChange: (changed: Circumstances) => void; person: string | undefined; milestones: readonly Milestone[];
}) {
  const { link, places } = useConsole();
  const { channels } = words().common;
  const say = words().desk.reporting;
  const zone = places.value?.directory.timeZone ?? "UTC";
  const moment = momentOf(of.at, link.now(), zone);
  const read = moment === "odd" ? say.noTime : moment === undefined ? say.now : momentText(moment, link.now(), zone);
  const options = [[Channel.RADIO, channels.radio], [Channel.PHONE, channels.phone], [Channel.PAPER, channels.paper], [Channel.DEVICE, channels.device]] as const;
  return (
    <>
      <TextField label={`${say.at}: ${read}`} hint={say.timeHint} value={of.at} onInput={(at) => onChange({ ...of, at })} />
      <Select label={say.channel} value={of.channel} options={options} onPick={(channel) => onChange({ ...of, channel })} />
      <span role="status">{typeof moment === "number" && isBeforeSent(milestones, moment) ? <span class="mark acts">⚠ {words().command.cautions["BEFORE_SENT"]}</span> : null}</span>
      {person === undefined ? null : <TextField label={person} value={of.person} onInput={(named) => onChange({ ...of, person: named })} />}
    </>
  );
}
