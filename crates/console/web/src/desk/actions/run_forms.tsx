// What a crew said, entered by the operator for a unit that only has a radio: a step of its run, or that it knows it was stood down.
import { useState } from "preact/hooks";
import type { MessageInitShape } from "@bufbuild/protobuf";
import { useConsole } from "../../context";
import { type ReportRunRequestSchema } from "../../contract/kezek/crew/v1/run_service_pb";
import { Channel, Step } from "../../contract/kezek/record/v1/milestone_pb";
import type { Run } from "../../contract/kezek/record/v1/run_pb";
import { words } from "../../words/words";
import type { RunStep } from "../state";
import { CircumstanceFields } from "./circumstances";
import { useEntered } from "./entered";
import { Form, Select, TextField } from "./form";
import { justNow, reportOf } from "./reports";

function useUnit(run: Run): { readonly callsign: string; readonly zone: string } {
  const { places } = useConsole();
  return { callsign: places.value?.callsign(run.unitId) ?? run.unitId, zone: places.value?.directory.timeZone ?? "UTC" };
}

function stepOf(step: RunStep, disposition: string): NonNullable<MessageInitShape<typeof ReportRunRequestSchema>["step"]> {
  switch (step) {
    case Step.ACKNOWLEDGED: return { case: "acknowledged", value: {} };
    case Step.EN_ROUTE: return { case: "enRoute", value: {} };
    case Step.ON_SCENE: return { case: "onScene", value: {} };
    case Step.CLEARED: return { case: "cleared", value: { disposition } };
  }
}

/** Reports a step. */
export function RunStepForm({ run, step }: { run: Run; step: RunStep }) {
  const { call, link } = useConsole();
  const { callsign, zone } = useUnit(run);
  const [of, setOf] = useState(() => justNow(Channel.RADIO));
  const [disposition, setDisposition] = useEntered("disposition", "");
  const say = words().desk;
  const clears = step === Step.CLEARED;
  return (
    <Form
      title={`${callsign}: ${say.reporting.steps[step]}`} submit={say.reporting.report} content={JSON.stringify([run.runId, step, of, disposition])}
      ready={reportOf(of, link.now(), zone) !== "odd" && (!clears || disposition.trim() !== "")}
      make={(requestId) => ({ requestId, runId: run.runId, step: stepOf(step, disposition.trim()), report: reported(of, link.now(), zone) })}
      act={(request, options) => call("RunService").reportRun(request, options)}
    >
      {clears ? <TextField label={say.actions.result} value={disposition} onInput={setDisposition} list={say.actions.results} wide /> : null}
      <CircumstanceFields of={of} onChange={setOf} person={say.reporting.person} milestones={run.milestones} />
    </Form>
  );
}

/** The report of a form that is ready. */
function reported(...circumstances: Parameters<typeof reportOf>) {
  const report = reportOf(...circumstances);
  if (report === "odd") throw new Error("a form is sent although its time is none");
  return report;
}

const CORRECTABLE = [Step.ACKNOWLEDGED, Step.EN_ROUTE, Step.ON_SCENE] as const;

/** Says that a run stands at another step than was reported, and why; both reports stay. */
export function CorrectRunForm({ run }: { run: Run }) {
  const { call, link } = useConsole();
  const { callsign, zone } = useUnit(run);
  const [of, setOf] = useState(() => justNow(Channel.RADIO));
  const [step, setStep] = useState<(typeof CORRECTABLE)[number]>(Step.EN_ROUTE);
  const say = words().desk.reporting;
  return (
    <Form
      title={`${callsign}: ${say.correct}`} submit={say.correct} content={JSON.stringify([run.runId, step, of])}
      ready={reportOf(of, link.now(), zone) !== "odd" && of.correction.trim() !== ""}
      make={(requestId) => ({ requestId, runId: run.runId, step: stepOf(step, ""), report: reported(of, link.now(), zone) })}
      act={(request, options) => call("RunService").reportRun(request, options)}
    >
      <Select label={say.standsAt} value={step} options={CORRECTABLE.map((one) => [one, say.steps[one]] as const)} onPick={setStep} />
      <TextField label={say.whyWrong} value={of.correction} onInput={(correction) => setOf({ ...of, correction })} wide />
      <CircumstanceFields of={of} onChange={setOf} person={say.person} milestones={run.milestones} />
    </Form>
  );
}

/** Says that the crew knows it was stood down. */
export function RunStoodDownForm({ run }: { run: Run }) {
  const { call, link } = useConsole();
  const { callsign, zone } = useUnit(run);
  const [of, setOf] = useState(() => justNow(Channel.RADIO));
  const say = words().desk;
  return (
    <Form
      title={`${callsign}: ${say.detail.knows}`} submit={say.detail.knows} content={JSON.stringify([run.runId, of])} ready={reportOf(of, link.now(), zone) !== "odd"}
      make={(requestId) => ({ requestId, runId: run.runId, report: reported(of, link.now(), zone) })}
      act={(request, options) => call("RunService").confirmRunStandDown(request, options)}
    >
      <CircumstanceFields of={of} onChange={setOf} person={say.reporting.person} milestones={run.milestones} />
    </Form>
  );
}
