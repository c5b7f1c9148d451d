import { Activity } from "../../audit/activity.tsx";
import { useUserName } from "../use-user-name.ts";

/** What was changed in an account: operators know everybody, themselves too. */
export function AccountActivityPage() {
  return <Activity nameOf={useUserName()} />;
}
