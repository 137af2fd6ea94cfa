// @vitest-environment happy-dom
import { create } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { beforeAll, expect, test } from "vitest";
import { Channel, MilestoneSchema, Step } from "../../contract/kezek/record/v1/milestone_pb";
import { NOW, show, stage } from "../../testing/surroundings";
import { speak } from "../../words/words";
import { CircumstanceFields } from "./circumstances";
import { justNow } from "./reports";

beforeAll(async () => { await speak("en"); });

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
