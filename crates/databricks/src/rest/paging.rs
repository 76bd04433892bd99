//! Lists that come page after page, and ids of a server's in the path of a request.

use std::collections::HashSet;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::de::DeserializeOwned;
use url::form_urlencoded;

use super::{ApiError, Call, Client};
use brickpass_core::failure::{Code, Failure, Remedy};

/// A list that goes on does not end at all.
const PAGES: usize = 100;

/// No id is as long. Bytes.
const SEGMENT_LIMIT: usize = 800;

/// RFC 3986, section 2.3.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// One answer of a list that is paged with `page_token`.
pub(super) trait Page: DeserializeOwned {
    type Item;

    /// Its items, and the token of the next page; where none is announced, it is the last one, however many items it has.
    fn split(self) -> (Option<Vec<Self::Item>>, Option<String>);
}

/// The pages of lists as the service writes them: `pages!(Jobs.jobs: Job)` reads `{"jobs": [...], "next_page_token": "..."}`.
macro_rules! pages {
    ($($page:ident . $items:ident: $item:ident),+ $(,)?) => {$(
        #[derive(serde::Deserialize)]
        struct $page {
            $items: Option<Vec<$item>>,
            next_page_token: Option<String>,
        }

        impl $crate::rest::paging::Page for $page {
            type Item = $item;

            fn split(self) -> (Option<Vec<$item>>, Option<String>) {
                (self.$items, self.next_page_token)
            }
        }
    )+};
}

pub(super) use pages;

impl Client {
    /// All pages; no more than `most` items and a page are read.
    pub(super) async fn pages<P: Page>(
        &self,
        path: &str,
        query: &[(&str, &str)],
        most: usize,
        call: &Call<'_>,
    ) -> Result<Vec<P::Item>, ApiError> {
        let mut found = Vec::new();
        let mut seen = HashSet::new();
        let mut token: Option<String> = None;
        for _ in 0..PAGES {
            let token_pair = token.as_deref().map(|token| ("page_token", token));
            let pairs: Vec<_> = query.iter().copied().chain(token_pair).collect();
            let (page, _): (P, _) = self.get(&with_query(path, &pairs), call).await?;
            let (items, next) = page.split();
            found.extend(items.into_iter().flatten());
            let Some(next) = next.filter(|next| !next.is_empty() && found.len() < most) else {
                found.truncate(most);
                return Ok(found);
            };
            if !seen.insert(next.clone()) {
                return Err(endless());
            }
            token = Some(next);
        }
        Err(endless())
    }
}

pub(super) fn with_query(path: &str, pairs: &[(&str, &str)]) -> String {
    if pairs.is_empty() {
        return path.to_owned();
    }
    format!("{path}?{}", form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish())
}

/// One segment of a path, whatever the id holds.
///
/// # Errors
/// There is no way to write it: it is empty, or means another folder also when it is encoded.
pub(super) fn segment(id: &str) -> Result<String, ApiError> {
    if id.is_empty() || id.len() > SEGMENT_LIMIT || matches!(id, "." | "..") {
        return Err(ApiError::before_an_answer(Failure::new(
            Code::InvalidInput,
            "Invalid ID.",
            "The ID contains characters that a request cannot contain.",
            "Refresh the list, then try again.",
        )));
    }
    Ok(utf8_percent_encode(id, RESERVED).to_string())
}

pub(super) fn endless() -> ApiError {
    let failure = Failure::new(
        Code::Protocol,
        "The list does not end.",
        "The service keeps returning another page of the same list.",
        "Try again. If it keeps happening, a proxy may be damaging the answers.",
    );
    ApiError::answered(failure.with_remedy(Remedy::TryAgain), 200)
}

#[cfg(test)]
mod tests {
    use super::*;
    use brickpass_core::connection::BaseUrl;

    #[test]
    fn an_id_stays_one_segment_of_the_path_whatever_it_holds() {
        let base_url = BaseUrl::read("https://adb-1.2.azuredatabricks.net").unwrap().base_url;
        for id in ["0301-120000-abcd1234", "main.sales", "a/../../b", "a?b#c", "a%2fb", "a\\b", "...", "sp\u{e4}t \u{1F9F1}", "a\r\nb"] {
            let url = base_url.join(&format!("/api/2.0/permissions/jobs/{}", segment(id).unwrap()));
            let segments: Vec<_> = url.path_segments().unwrap().collect();
            assert_eq!((segments.len(), url.query(), url.fragment()), (5, None, None), "{id}");
            assert_eq!(percent_encoding::percent_decode_str(segments[4]).decode_utf8().unwrap(), id);
        }
        for id in ["", ".", "..", &"a".repeat(801)] {
            assert_eq!(segment(id).unwrap_err().failure.code, Code::InvalidInput, "{id}");
        }
    }
}
