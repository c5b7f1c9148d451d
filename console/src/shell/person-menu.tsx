import { Link, useLocation } from "wouter";
import { t } from "../i18n/t.ts";
import { Icon } from "../ui/icon.tsx";
import { Menu } from "../ui/menu.tsx";
import { toastError } from "../ui/toast.tsx";
import { signOut, useMe } from "./session.ts";

/** Who is signed in: the own profile, and the way out. */
export function PersonMenu() {
  const { user } = useMe();
  const [, go] = useLocation();
  const name = user.display_name || user.email;
  async function leave() {
    try {
      await signOut();
      go("/sign-in");
    } catch (error) {
      toastError(error);
    }
  }
  return (
    <div className="person">
      <Menu
        label={t("person.label", { name })}
        side="up"
        face={
          <span className="who">
            <span className="initial round" aria-hidden="true">
              {(Array.from(name)[0] ?? "?").toUpperCase()}
            </span>
            <span className="who-text">
              <span>{name}</span>
            </span>
          </span>
        }
      >
        <p className="menu-title">{user.email}</p>
        <Link href="/profile">
          <Icon name="user" size={16} />
          {t("person.profile")}
        </Link>
        <button type="button" onClick={leave}>
          <Icon name="exit" size={16} />
          {t("person.sign-out")}
        </button>
      </Menu>
    </div>
  );
}
