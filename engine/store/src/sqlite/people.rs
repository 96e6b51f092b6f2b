//! Changes of what is known of a person.

use ponte_model::ContactId;
use sqlx::SqliteConnection;

use crate::ContactChange;

pub(super) async fn change(
    connection: &mut SqliteConnection,
    contact: &ContactId,
    change: &ContactChange,
) -> Result<(), sqlx::Error> {
    match change {
        ContactChange::AppName(name) => {
            sqlx::query("UPDATE contacts SET app_name = ?2 WHERE contact_id = ?1")
                .bind(contact.as_str())
                .bind(name)
                .execute(connection)
                .await?;
        }
        ContactChange::Phone(phone) => {
            sqlx::query("UPDATE contacts SET phone = ?2 WHERE contact_id = ?1")
                .bind(contact.as_str())
                .bind(phone.as_str())
                .execute(&mut *connection)
                .await?;
            add_alias(connection, contact, &format!("phone:{phone}")).await?;
        }
        ContactChange::UserId(user_id) => {
            sqlx::query("UPDATE contacts SET user_id = ?2 WHERE contact_id = ?1")
                .bind(contact.as_str())
                .bind(user_id.as_str())
                .execute(&mut *connection)
                .await?;
            add_alias(connection, contact, &format!("user:{user_id}")).await?;
        }
    }
    Ok(())
}

/// The person goes by this from now on; whoever had it before does not.
async fn add_alias(connection: &mut SqliteConnection, contact: &ContactId, alias: &str) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO contact_aliases (tenant, alias, contact_id)
         SELECT tenant, ?2, contact_id FROM contacts WHERE contact_id = ?1
         ON CONFLICT (tenant, alias) DO UPDATE SET contact_id = excluded.contact_id",
    )
    .bind(contact.as_str())
    .bind(alias)
    .execute(connection)
    .await?;
    Ok(())
}
