import { useState } from "react";
import { useSearchParams } from "wouter";
import { t } from "../../i18n/t.ts";
import { Field } from "../../ui/field.tsx";

/** A field that puts what is typed into the address as `q`, when Enter is pressed or it is left. */
export function SearchField({ hint }: { hint: string }) {
  const [search, setSearch] = useSearchParams();
  const asked = search.get("q") ?? "";
  const [text, setText] = useState(asked);
  const ask = () => {
    if (text.trim() !== asked) setSearch(text.trim() === "" ? {} : { q: text.trim() }, { replace: true });
  };
  return (
    <section className="filters" aria-label={t("requests.filters")}>
      <Field
        type="search"
        label={t("models.search")}
        placeholder={hint}
        value={text}
        onChange={({ target }) => setText(target.value)}
        onBlur={ask}
        onKeyDown={({ key }) => key === "Enter" && ask()}
      />
    </section>
  );
}
