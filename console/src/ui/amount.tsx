import { convert, secondCurrency } from "../base/second-currency.ts";
import { useStore } from "../base/store.ts";
import { exactMoney, money } from "../base/units.ts";

/** What an amount of USD is in the currency that the organisation is shown too; nothing where there is none. */
export function AlsoIn({ nanos }: { nanos: string | bigint }) {
  const currency = useStore(secondCurrency);
  return currency ? <small className="also">≈ {convert(currency, nanos)}</small> : null;
}

/** An amount in dollars, with the exact one as its title. */
export function Usd({ nanos }: { nanos: string | bigint }) {
  return <span title={exactMoney(nanos)}>{money(nanos)}</span>;
}

/** The same, and in the second currency. */
export function Amount({ nanos }: { nanos: string | bigint }) {
  return (
    <span title={exactMoney(nanos)}>
      {money(nanos)} <AlsoIn nanos={nanos} />
    </span>
  );
}
