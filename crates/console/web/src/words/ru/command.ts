import type { Words } from "../en";

export const command: Words["command"] = {};
