import { Link, useSearchParams } from "wouter";
import { t } from "../../i18n/t.ts";
import { brandName, useMeta } from "../../shell/meta.ts";
import { Gate } from "./gate.tsx";
import { OtherWays } from "./other-ways.tsx";
import { SignUpForm } from "./sign-up-form.tsx";
import { carriedNext } from "./use-finish.ts";

export function SignUpPage() {
  const [search] = useSearchParams();
  const mode = useMeta().sign_up?.mode ?? "open";
  return (
    <Gate
      title={t("auth.sign-up.title", { name: brandName() })}
      links={
        <p>
          {t("auth.sign-up.known")}{" "}
          <Link href={`/sign-in${carriedNext(search)}`}>{t("auth.sign-in.link")}</Link>
        </p>
      }
    >
      {mode === "open" ? (
        <>
          <SignUpForm />
          <OtherWays newcomer />
        </>
      ) : (
        <p className="notice">{t(mode === "invitation" ? "auth.sign-up.invited" : "auth.sign-up.closed")}</p>
      )}
    </Gate>
  );
}
