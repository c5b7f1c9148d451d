import { useState } from "react";
import { Link } from "wouter";
import { t } from "../i18n/t.ts";
import { Icon } from "../ui/icon.tsx";
import { Menu } from "../ui/menu.tsx";
import { NewOrganisation } from "./new-organisation.tsx";
import { type Here, useMe } from "./session.ts";

const initialOf = (name: string): string => (Array.from(name.trim())[0] ?? "?").toUpperCase();

function Face({ name, role }: { name: string; role: string }) {
  return (
    <span className="who">
      <span className="initial" aria-hidden="true">
        {initialOf(name)}
      </span>
      <span className="who-text">
        <span className="strong">{name}</span>
        <small>{role}</small>
      </span>
      <Icon name="down" size={15} />
    </span>
  );
}

/** The organisation that is open; a press goes to another, or makes one. */
export function AccountSwitcher({ here }: { here: Here | undefined }) {
  const { accounts } = useMe();
  const [making, setMaking] = useState(false);
  const name = here?.display_name ?? t("switcher.none");
  return (
    <div className="switcher">
      <Menu
        label={t("switcher.label")}
        face={<Face name={name} role={here ? t(`role.${here.role}`) : t("switcher.choose")} />}
      >
        {accounts.map((account) => (
          <Link key={account.id} href={`/o/${account.name}/overview`}>
            <span className="initial" aria-hidden="true">
              {initialOf(account.display_name)}
            </span>
            {account.display_name}
            {account.id === here?.id && (
              <span className="chosen">
                <Icon name="check" size={15} />
              </span>
            )}
          </Link>
        ))}
        <hr />
        <button type="button" onClick={() => setMaking(true)}>
          <Icon name="plus" size={16} />
          {t("switcher.new")}
        </button>
      </Menu>
      {making && <NewOrganisation onClose={() => setMaking(false)} />}
    </div>
  );
}
