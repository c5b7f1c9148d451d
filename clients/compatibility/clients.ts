/** Every client of the table, in its order. */
import type { Client } from "./client.ts";
import { OPEN_AGENTS } from "./open-agents.ts";
import { SDKS } from "./sdks.ts";
import { STRICT_AGENTS } from "./strict-agents.ts";
import { VENDOR_AGENTS } from "./vendor-agents.ts";

export const CLIENTS: readonly Client[] = [...STRICT_AGENTS, ...OPEN_AGENTS, ...VENDOR_AGENTS, ...SDKS];
