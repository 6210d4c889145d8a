//! Looks for listed terms in one name.

use alloc::{string::String, vec::Vec};
use core::cmp::Reverse;

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

use super::terms::{A_EN, A_ZH, B_EN, B_ZH, BODIES_EN, BODIES_ZH, PASS_EN, PASS_ZH, Terms, Topic};

/// Whom the named thing is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sphere {
    /// Offices, organisations, work: list A holds.
    Office,
    /// Persons: lists A and B hold.
    Person,
}

/// Which list a term is on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum List {
    /// Refused anywhere.
    A,
    /// Refused where a person is meant.
    B,
}

/// A listed term that was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hit {
    /// The list.
    pub list: List,
    /// The term.
    pub term: &'static str,
    /// What it is about.
    pub topic: Topic,
}

/// The first listed term in a name: list A before B, and the longest of a
/// list.
///
/// For everything that names something: ids, labels, codes, headings, header
/// aliases, questions. Never for the values of records, for the names of
/// offices, units and organisations, or for the body of a notice.
#[must_use]
pub fn scan(name: &str, sphere: Sphere) -> Option<Hit> {
    let masked = Masked::of(name);
    let on = |list, zh, en| {
        let (term, topic) = masked.longest(zh, en)?;
        Some(Hit { list, term, topic })
    };
    let anywhere = on(List::A, A_ZH, A_EN);
    match sphere {
        Sphere::Office => anywhere,
        Sphere::Person => anywhere.or_else(|| on(List::B, B_ZH, B_EN)),
    }
}

/// A religious body or a political party in the name of a body or of a kind of
/// organisation.
pub(super) fn scan_body(name: &str) -> Option<(&'static str, Topic)> {
    Masked::of(name).longest(BODIES_ZH, BODIES_EN)
}

/// A name, ready to be searched: pass phrases are masked out.
struct Masked {
    /// Its Han characters; a mask is one blank.
    han: String,
    /// Its other words, once as written and once with camelCase split: a word
    /// in capitals at odd places is still that word.
    words: [Vec<String>; 2],
}

/// What stands for a pass phrase: no term holds it.
const MASK: &str = " ";

impl Masked {
    fn of(name: &str) -> Self {
        let shown = name.nfkc().filter(|symbol| !is_zero_width(*symbol));
        let shown: String = shown.collect();
        let mut han: String = shown.chars().filter(|symbol| is_han(*symbol)).collect();
        for phrase in longest_first(PASS_ZH) {
            han = han.replace(phrase, MASK);
        }
        let mut words = [split_words(&shown, false), split_words(&shown, true)];
        for phrase in longest_first(PASS_EN) {
            for words in &mut words {
                mask_words(words, phrase);
            }
        }
        Self { han, words }
    }

    fn longest(&self, zh: &[Terms], en: &[Terms]) -> Option<(&'static str, Topic)> {
        let is_han = |term: &&str| self.han.contains(*term);
        let is_words = |term: &&str| self.words.iter().any(|words| find(words, term).is_some());
        let hits_zh = each(zh).filter(|(term, _)| is_han(term));
        let hits_en = each(en).filter(|(term, _)| is_words(term));
        hits_zh.chain(hits_en).max_by_key(|(term, _)| term.len())
    }
}

fn each(terms: &[Terms]) -> impl Iterator<Item = (&'static str, Topic)> {
    let of_topic = |(topic, terms): &Terms| {
        let topic = *topic;
        terms.iter().map(move |term| (*term, topic))
    };
    terms.iter().flat_map(of_topic)
}

fn longest_first(phrases: &'static [&'static str]) -> Vec<&'static str> {
    let mut phrases = phrases.to_vec();
    phrases.sort_by_key(|phrase| Reverse(phrase.chars().count()));
    phrases
}

/// Signs without a width of their own: zero-width spaces and joiners, soft
/// hyphens, fillers, marks of direction, variation selectors, tags, and marks
/// that overlay a letter without making it another one.
fn is_zero_width(symbol: char) -> bool {
    is_combining_mark(symbol)
        || matches!(symbol,
        '\u{00ad}' | '\u{034f}' | '\u{061c}' | '\u{115f}' | '\u{1160}' | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}'
        | '\u{feff}' | '\u{e0000}'..='\u{e0fff}')
}

fn is_han(symbol: char) -> bool {
    matches!(symbol,
        '\u{3005}' | '\u{3007}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}'
        | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{323af}')
}

/// Runs of letters that are not Han, in lower case.
fn split_words(text: &str, at_capitals: bool) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut before = ' ';
    let mut symbols = text.chars().peekable();
    while let Some(symbol) = symbols.next() {
        if !symbol.is_alphabetic() || is_han(symbol) {
            end_word(&mut words, &mut word);
            before = ' ';
            continue;
        }
        let lower_next = symbols.peek().is_some_and(|next| next.is_lowercase());
        let hump = symbol.is_uppercase()
            && (before.is_lowercase() || (before.is_uppercase() && lower_next));
        if at_capitals && hump {
            end_word(&mut words, &mut word);
        }
        word.extend(symbol.to_lowercase());
        before = symbol;
    }
    end_word(&mut words, &mut word);
    words
}

fn end_word(words: &mut Vec<String>, word: &mut String) {
    if !word.is_empty() {
        words.push(core::mem::take(word));
    }
}

/// Where a sequence of words begins.
fn find(words: &[String], phrase: &str) -> Option<usize> {
    let length = phrase.split(' ').count();
    let same = |window: &[String]| window.iter().map(String::as_str).eq(phrase.split(' '));
    words.windows(length).position(same)
}

fn mask_words(words: &mut Vec<String>, phrase: &str) {
    let length = phrase.split(' ').count();
    while let Some(at) = find(words, phrase) {
        words.splice(at..at + length, [MASK.into()]);
    }
}
