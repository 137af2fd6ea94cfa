import type { Words } from "../en";

export const board: Words["board"] = {};
