import type { Me } from "../../base/contract.ts";
import { t } from "../../i18n/t.ts";
import { setMe, signOut } from "../../shell/session.ts";
import { Button } from "../../ui/button.tsx";
import { toastError } from "../../ui/toast.tsx";
import { Gate } from "./gate.tsx";
import { PhoneStep } from "./phone-step.tsx";

/** Shown in place of every page until the number that this installation asks for is verified. */
export function PhoneMissingPage() {
  return (
    <Gate
      title={t("auth.phone.title")}
      lead={t("auth.phone.lead")}
      links={
        <Button look="quiet" onClick={() => void signOut().catch(toastError)}>
          {t("person.sign-out")}
        </Button>
      }
    >
      <PhoneStep<Me> path="/me/phone" onVerified={setMe} />
    </Gate>
  );
}
