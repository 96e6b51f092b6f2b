//! Templates of an account: list them, submit one. (Meta: template management.)

use bytes::Bytes;
use ponte_model::WabaId;
use ponte_model::template::{Category, Registered, Status};
use reqwest::Method;
use reqwest::header::{CONTENT_TYPE, HeaderValue};
use secrecy::SecretString;
use serde::Deserialize;
use serde_json::Value;

use super::answer::MAX_LIST;
use super::error::SendError;
use super::{GraphClient, answer};
use crate::template;

const FIELDS: &str = "id,name,language,category,status,components,parameter_format,quality_score,correct_category,\
     previous_category,rejected_reason,message_send_ttl_seconds";

/// Templates a page.
const PAGE: &str = "100";

/// More pages than any account has: Meta allows 6,000 templates and their languages. Ends a listing that goes in circles.
const MOST_PAGES: usize = 1_000;

/// Meta took a template for review.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Submitted {
    /// Meta's id of it, in digits.
    pub id: String,
    /// Where it stands; mostly [`Status::Pending`].
    pub status: Status,
    /// The category that Meta gave it, which may not be the one that was asked for.
    pub category: Category,
}

#[derive(Deserialize)]
struct Page {
    data: Vec<Value>,
    #[serde(default)]
    paging: Paging,
}

#[derive(Default, Deserialize)]
struct Paging {
    #[serde(default)]
    cursors: Cursors,
    next: Option<String>,
}

#[derive(Default, Deserialize)]
struct Cursors {
    after: Option<String>,
}

impl GraphClient {
    /// All templates of an account, in all languages. One that cannot be read is left out, with a warning.
    ///
    /// # Errors
    /// [`SendError`]. To ask twice does no harm, whatever the error.
    pub async fn list_templates(&self, waba: &WabaId, token: &SecretString) -> Result<Vec<Registered>, SendError> {
        let mut all = Vec::new();
        let mut after: Option<String> = None;
        for _ in 0..MOST_PAGES {
            let mut query = vec![("fields", FIELDS), ("limit", PAGE)];
            query.extend(after.as_deref().map(|cursor| ("after", cursor)));
            let path = [waba.as_str(), "message_templates"];
            let page: Page = self.get_list(token, &path, &query).await?.json()?;
            for json in &page.data {
                match template::registered(waba, json) {
                    Ok(registered) => all.push(registered),
                    Err(why) => tracing::warn!(%waba, why, "a template is left out"),
                }
            }
            // The cursor, not the address in `next`: the token goes to one host only.
            let next = page.paging.next.and(page.paging.cursors.after);
            if next.is_none() || next == after {
                return Ok(all);
            }
            after = next;
        }
        Ok(all)
    }

    /// Submits a template for review; `body` is Meta's own JSON of it.
    ///
    /// # Errors
    /// [`SendError`]. If it is in doubt, [`GraphClient::list_templates`] tells.
    pub async fn create_template(
        &self,
        waba: &WabaId,
        token: &SecretString,
        body: &Value,
    ) -> Result<Submitted, SendError> {
        let url = self.address(&[waba.as_str(), "message_templates"]);
        let json = HeaderValue::from_static("application/json");
        let request =
            self.http.request(Method::POST, url).header(CONTENT_TYPE, json).body(Bytes::from(body.to_string()));
        self.exchange(token, request, answer::MAX_ANSWER).await?.json()
    }

    async fn get_list(
        &self,
        token: &SecretString,
        path: &[&str],
        query: &[(&str, &str)],
    ) -> Result<answer::Answer, SendError> {
        let mut url = self.address(path);
        url.query_pairs_mut().extend_pairs(query);
        self.exchange(token, self.http.request(Method::GET, url), MAX_LIST).await
    }
}
