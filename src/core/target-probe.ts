/** What one target answered to a test call. */
export interface TargetProbe {
  readonly upstream: string;
  readonly model: string;
  readonly protocol: string;
  readonly ok: boolean;
  /** The HTTP status; 0 when no answer came. */
  readonly status: number;
  readonly took_ms: number;
  readonly reason: string;
}
