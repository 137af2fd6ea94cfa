// @vitest-environment happy-dom
import { create } from "@bufbuild/protobuf";
import { expect, test } from "vitest";
import { CommandService, ListCommandsResponseSchema } from "../contract/kezek/command/v1/command_service_pb";
import { settled, show, stage } from "../testing/surroundings";
import { LANGUAGES, type Language } from "../words/languages";
import { speak } from "../words/words";
import { Grammar } from "./grammar";

test.each(Object.keys(LANGUAGES) as Language[])("whoever reads %s is shown the words that are taken beside the English ones", async (language) => {
  await speak(language);
  const page = await show(stage(({ service }) => service(CommandService, { listCommands: () => create(ListCommandsResponseSchema) })), <Grammar />);
  await settled(20);
  expect(page.textContent?.includes("в 14:03 по радио") === true).toBe(language !== "en");
});
