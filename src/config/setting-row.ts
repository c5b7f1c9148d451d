/** A variable of the environment that Quoin reads: its unit, default and bounds, in one place. */
export interface SettingRow {
  readonly variable: string;
  readonly unit: string;
  /** As the manual shows it. */
  readonly default: string;
  readonly min?: number;
  readonly max?: number;
  readonly description: string;
}
