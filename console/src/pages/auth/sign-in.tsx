import { Link, useSearchParams } from "wouter";
import { t, tryText } from "../../i18n/t.ts";
import { brandName, useMeta } from "../../shell/meta.ts";
import { Gate } from "./gate.tsx";
import { OtherWays } from "./other-ways.tsx";
import { SignInForm } from "./sign-in-form.tsx";
import { carriedNext } from "./use-finish.ts";

export function SignInPage() {
  const { sign_up: signUp } = useMeta();
  const [search] = useSearchParams();
  const problem = search.get("error");
  const open = signUp === undefined || signUp.mode === "open";
  return (
    <Gate
      title={t("auth.sign-in.title", { name: brandName() })}
      links={
        open && (
          <p>
            {t("auth.sign-in.new")}{" "}
            <Link href={`/sign-up${carriedNext(search)}`}>{t("auth.sign-up.link")}</Link>
          </p>
        )
      }
    >
      {problem && (
        <p className="notice bad" role="alert">
          {tryText(`auth.problem.${problem}`, t("auth.problem.failed"))}
        </p>
      )}
      <SignInForm />
      <OtherWays />
    </Gate>
  );
}
