// @vitest-environment happy-dom
import { create } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { beforeAll, expect, test } from "vitest";
import { Channel, MilestoneSchema, Step } from "../../contract/kezek/record/v1/milestone_pb";
import { NOW, show, stage } from "../../testing/surroundings";
import { HowTold } from "../../station/form";
import { speak } from "../../words/words";
import { CircumstanceFields } from "./circumstances";
import { justNow } from "./reports";

beforeAll(async () => { await speak("en"); });

test("the form says which day a time is taken for before it is sent, on either screen", async () => {
  // it is 14:03 in Bishkek
  const desk = await show(stage(() => undefined), <CircumstanceFields of={{ ...justNow(Channel.RADIO), at: "23:30" }} onChange={() => undefined} person={undefined} milestones={[]} />);
  expect(desk.textContent).toContain(": yesterday 23:30");
  const station = await show(stage(() => undefined), <HowTold told={{ channel: Channel.RADIO, time: "23:30", correction: "" }} onChange={() => undefined} corrects={false} milestones={[]} />);
  expect(station.textContent).toContain(": yesterday 23:30");
});

test("a report of a time before the sending is cautioned in its form, before it is sent", async () => {
  // it is 14:03 in Bishkek
  const sent = create(MilestoneSchema, { step: Step.SENT, occurredAt: timestampFromMs(NOW - 60_000) });
  const cautioned = async (at: string): Promise<boolean> => {
    const page = await show(stage(() => undefined), <CircumstanceFields of={{ ...justNow(Channel.RADIO), at }} onChange={() => undefined} person={undefined} milestones={[sent]} />);
    return page.textContent?.includes("⚠") ?? false;
  };
  expect(await cautioned("")).toBe(false);
  expect(await cautioned("14:03")).toBe(false);
  expect(await cautioned("13:30")).toBe(true);
  // yesterday's
  expect(await cautioned("23:30")).toBe(true);
});
