//! Which language the person who asks reads.

use terrace_catalog::Lang;
use tonic::Request;
use tonic::metadata::MetadataValue;

/// The header that says which language people read the answer in.
const LANGUAGE: &str = "accept-language";

/// A message on its way, with the language that the answer should have.
pub fn in_language<T>(message: T, lang: Lang) -> Request<T> {
    let mut request = Request::new(message);
    let lang = match lang {
        Lang::Zh => "zh",
        Lang::En => "en",
    };
    let value = MetadataValue::from_static(lang);
    request.metadata_mut().insert(LANGUAGE, value);
    request
}

/// The language of who calls: the first that is asked for counts, and a program
/// that asks for none is told in English.
pub(crate) fn of<T>(request: &Request<T>) -> Lang {
    let asked = request.metadata().get(LANGUAGE);
    let asked = asked.and_then(|value| value.to_str().ok()).unwrap_or("");
    let first = asked.split([',', ';', '-']).next().unwrap_or("").trim();
    if first.eq_ignore_ascii_case("zh") {
        Lang::Zh
    } else {
        Lang::En
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(value: Option<&'static str>) -> Lang {
        let mut request = Request::new(());
        if let Some(value) = value {
            let value = MetadataValue::from_static(value);
            request.metadata_mut().insert(LANGUAGE, value);
        }
        of(&request)
    }

    #[test]
    fn the_first_language_asked_for_counts() {
        for chinese in ["zh", "ZH", "zh-CN", "zh;q=0.9", "zh-CN, en;q=0.5", " zh"] {
            assert_eq!(asked(Some(chinese)), Lang::Zh, "{chinese}");
        }
        for english in ["en", "en, zh", "", "zhx", "de"] {
            assert_eq!(asked(Some(english)), Lang::En, "{english}");
        }
        assert_eq!(asked(None), Lang::En);
        for lang in [Lang::Zh, Lang::En] {
            assert_eq!(of(&in_language((), lang)), lang);
        }
    }
}
