//! What a submission says, read and checked against its workflow.

use alloc::vec::Vec;

use terrace_model::Fields;

use crate::{
    Field, FieldFault, Presence, Reason, Workflow,
    parse::{Blank, MAX_FAULTS, misfits, parse},
};

/// Reads what is given for a new submission, as (field id, text), with the
/// reference to its subject. Defaults fill what is left out.
///
/// # Errors
/// All faults, at most [`MAX_FAULTS`].
pub fn parse_terms<'a>(
    of: &Workflow,
    raw: impl Iterator<Item = (&'a str, &'a str)>,
) -> Result<Fields, Vec<FieldFault>> {
    let mut terms = parse(&of.fields, raw, Blank::NotGiven)?;
    for field in &of.fields {
        match &field.presence {
            Presence::Default(value) if !terms.contains_key(&field.id) => {
                terms.insert(field.id.clone(), value.clone());
            }
            Presence::Default(_) | Presence::Required | Presence::Optional => {}
        }
    }
    let missing: Vec<_> = missing(of.fields.iter(), &terms).collect();
    if missing.is_empty() {
        Ok(terms)
    } else {
        Err(missing)
    }
}

/// What is wrong with the terms that another office sent: all fields but those
/// that name the subject, which travels apart.
#[must_use]
pub fn term_faults(of: &Workflow, terms: &Fields) -> Vec<FieldFault> {
    let said = |field: &&Field| field.reference().is_none();
    let fields: Vec<Field> = of.fields.iter().filter(said).cloned().collect();
    let mut faults = misfits(&fields, terms);
    faults.extend(missing(fields.iter(), terms));
    faults.truncate(MAX_FAULTS);
    faults
}

fn missing<'a>(
    fields: impl Iterator<Item = &'a Field>,
    terms: &Fields,
) -> impl Iterator<Item = FieldFault> {
    let missing = move |field: &Field| {
        let required = match field.presence {
            Presence::Required => true,
            Presence::Optional | Presence::Default(_) => false,
        };
        let absent = required && !terms.contains_key(&field.id);
        absent.then(|| FieldFault::new(&field.id, "", Reason::Required))
    };
    fields.filter_map(missing)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{sample::told, shipped};
    use terrace_model::Value;

    const WHOLE: [(&str, &str); 5] = [
        ("person", "p1"),
        ("body", "cppcc"),
        ("seat", "member"),
        ("level", "county"),
        ("term", "第九届"),
    ];

    fn read(raw: &[(&str, &str)]) -> Result<Fields, Vec<FieldFault>> {
        let catalog = shipped();
        parse_terms(catalog.workflow("nomination").unwrap(), raw.iter().copied())
    }

    fn sent(change: impl FnOnce(&mut Fields)) -> Result<(), Vec<FieldFault>> {
        let mut terms = read(&WHOLE).unwrap();
        terms.remove("person");
        change(&mut terms);
        let catalog = shipped();
        Err(term_faults(catalog.workflow("nomination").unwrap(), &terms))
    }

    #[test]
    fn a_nomination_is_read_whole_or_all_its_faults_are_told() {
        let terms = read(&WHOLE).unwrap();
        assert_eq!(terms.len(), 5);
        assert_eq!(terms.get("person"), Some(&Value::Ref("p1".into())));
        assert!(read(&WHOLE[..4]).is_ok());
        assert_eq!(told(read(&WHOLE[1..])), ["person: must be given"]);
        assert_eq!(told(read(&[])).len(), 4);
        assert_eq!(told(read(&[("seat", "king"), ("mood", "x")])).len(), 2);
    }

    #[test]
    fn terms_from_elsewhere_hold_the_codes_and_never_the_subject() {
        assert_eq!(told(sent(|_| {})).len(), 0);
        let named = sent(|terms| {
            terms.insert("person".into(), Value::Ref("p1".into()));
        });
        assert_eq!(told(named), ["person \"p1\": there is no such field"]);
        let unseated = sent(|terms| {
            terms.remove("seat");
        });
        assert_eq!(told(unseated), ["seat: must be given"]);
        let other = sent(|terms| {
            terms.insert("level".into(), Value::Text("county".into()));
        });
        assert_eq!(
            told(other),
            ["level \"county\": a value of another kind than the field's"]
        );
    }
}
