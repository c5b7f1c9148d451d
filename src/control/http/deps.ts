import type { AuditStore } from "../../accounts/audit.ts";
import type { Caller } from "../../accounts/caller.ts";
import type { Declarations } from "../../config/declarations.ts";
import type { ToldSetting } from "../../config/told-settings.ts";
import type { Config } from "../../config/types.ts";
import type { Log } from "../../core/log.ts";
import type { MetricSources } from "../metrics/sources.ts";
import type { ControlDeps } from "../operation.ts";
import type { KeptMessage } from "../senders/outbox.ts";

/**
 * Who sends a request, by one kind of credential: undefined where it carries none of that kind.
 * @throws HttpError (unauthenticated) where it carries one that does not hold
 */
export type Identify = (request: Request, address: string | undefined) => Promise<Caller | undefined>;

/** What no sender was set up for. */
export interface OutboxView {
  /** Whether everybody may read it; operators always may. */
  readonly open: boolean;
  list(): readonly KeptMessage[];
}

/** What the management API works with. */
export interface HttpDeps {
  readonly control: ControlDeps;
  readonly audit: AuditStore;
  /** Asked one after the other; the first that knows the sender counts. */
  readonly identify: readonly Identify[];
  /** What is declared, as it is in force now. */
  readonly config: () => Config;
  /** What of it was declared in the console. */
  readonly declarations: Declarations;
  /** What the environment said when this process began. */
  readonly environment: readonly ToldSetting[];
  /** Undefined where all that is sent has a sender. */
  readonly outbox: OutboxView | undefined;
  readonly metrics: MetricSources;
  readonly version: string;
  readonly log: Log;
  /** Aborted when this process stops taking requests: answers that go on without end must end. */
  readonly closing: AbortSignal;
}
