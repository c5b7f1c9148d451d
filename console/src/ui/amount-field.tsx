import type { ComponentProps } from "react";
import { ApiError } from "../base/api.ts";
import { nanosOf } from "../base/units.ts";
import { t } from "../i18n/t.ts";
import { Field } from "./field.tsx";

const wrong = (field: string) => new ApiError(422, "invalid", t("wallet.amount.wrong"), field);

/**
 * What somebody typed as dollars, as the API takes it.
 * @throws ApiError about this field of the form when it is no amount
 */
export function amountIn(text: string, field: string): bigint {
  const nanos = nanosOf(text);
  if (nanos === undefined) throw wrong(field);
  return nanos;
}

/** As `amountIn`, for what gives money: nothing is no amount either. */
export function someAmountIn(text: string, field: string): bigint {
  const nanos = amountIn(text, field);
  if (nanos === 0n) throw wrong(field);
  return nanos;
}

interface AmountFieldProps
  extends Omit<ComponentProps<typeof Field>, "unit" | "inputMode" | "value" | "onChange"> {
  value: string;
  onAmount: (text: string) => void;
}

/** An amount in US dollars. */
export function AmountField({ onAmount, ...field }: AmountFieldProps) {
  return (
    <Field unit="USD" inputMode="decimal" onChange={({ target }) => onAmount(target.value)} {...field} />
  );
}
