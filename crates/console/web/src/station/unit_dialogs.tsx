// What a desk says about one of its units and cannot say with a single key: a report with its time, that a run is over, who is on board, why
// it cannot be sent.
import { useState } from "preact/hooks";
import { Channel } from "../contract/kezek/record/v1/milestone_pb";
import { words } from "../words/words";
import type { Speaker } from "./desk";
import type { OwnUnit } from "./fleet";
import { HowTold, Reasons, SayingDialog, useHowTold, type Told } from "./form";
import type { CrewStep } from "./saying";

/** A report for a crew: `step` is what it begins with. */
export function ReportDialog({ unit, step: first, speaker, onClose }: { unit: OwnUnit; step: CrewStep; speaker: Speaker; onClose: () => void }) {
  const { station, common } = words();
  const [step, setStep] = useState<CrewStep>(first);
  const [disposition, setDisposition] = useState("");
  const [told, setTold] = useState<Told>({ channel: speaker.channel === Channel.DEVICE ? Channel.RADIO : speaker.channel, time: "", correction: "" });
  const read = useHowTold();
  const saying = () => {
    const how = read(step === "cleared" ? { ...told, correction: "" } : told, crewOf(unit, speaker));
    if (typeof how === "string") return how;
    if (step === "cleared" && disposition === "") return station.form.choose;
    return { say: "step", runId: unit.run?.runId ?? "", step, disposition, how } as const;
  };
  const steps: readonly CrewStep[] = ["acknowledged", "enRoute", "onScene", "cleared"];
  return (
    <SayingDialog title={station.stepOf(unit.known.callsign)} send={station.form.send} saying={saying} onClose={onClose}>
      <label>{station.form.step}
        <select autofocus={first !== "cleared"} value={step} onChange={(event) => setStep(event.currentTarget.value as CrewStep)}>{steps.map((one) => <option key={one} value={one}>{common.runState[one]}</option>)}</select>
      </label>
      {step === "cleared" ? <Reasons title={station.form.disposition} name="clear-result" reasons={station.dispositions} value={disposition} onChange={setDisposition} /> : null}
      <HowTold told={told} onChange={setTold} corrects={step !== "cleared"} milestones={unit.run?.milestones ?? []} />
    </SayingDialog>
  );
}

/** On whose word a crew's step is entered: the crew's own where its desk enters it, else whoever speaks for the desk. */
export function crewOf(unit: OwnUnit, speaker: Speaker): string {
  return speaker.channel === Channel.DEVICE ? unit.known.callsign : speaker.name;
}

/** A crew comes on duty. */
export function SignOnDialog({ unit, onClose }: { unit: OwnUnit; onClose: () => void }) {
  const { station } = words();
  const [crew, setCrew] = useState("");
  const names = crew.split(",").map((name) => name.trim()).filter((name) => name !== "");
  return (
    <SayingDialog title={station.signOnOf(unit.known.callsign)} send={station.form.send} onClose={onClose} saying={() => ({ say: "signOn", unitId: unit.known.unitId, crew: names })}>
      <label>{station.form.crew}<input autofocus value={crew} maxLength={400} onInput={(event) => setCrew(event.currentTarget.value)} /></label>
    </SayingDialog>
  );
}

/** A crew goes off duty: asked again, because its unit cannot be sent from then on. */
export function SignOffDialog({ unit, onClose }: { unit: OwnUnit; onClose: () => void }) {
  const { station } = words();
  return (
    <SayingDialog sure title={station.signOffOf(unit.known.callsign)} send={station.form.send} onClose={onClose} saying={() => ({ say: "signOff", unitId: unit.known.unitId })}>
      <p>{station.signOffSure}</p>
    </SayingDialog>
  );
}

/** A unit on duty cannot be sent. */
export function OutOfServiceDialog({ unit, onClose }: { unit: OwnUnit; onClose: () => void }) {
  const { station } = words();
  const [reason, setReason] = useState("");
  return (
    <SayingDialog title={station.outOfServiceOf(unit.known.callsign)} send={station.form.send} onClose={onClose} saying={() => reason === "" ? station.form.choose : { say: "outOfService", unitId: unit.known.unitId, reason }}>
      <Reasons title={station.form.reason} name="out-reason" reasons={station.outOfServiceReasons} value={reason} onChange={setReason} />
    </SayingDialog>
  );
}
