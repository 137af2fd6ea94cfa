import type { Words } from "../en";

export const link: Words["link"] = {};
