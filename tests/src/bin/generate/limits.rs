//! The table that guards every decoder, from the options beside the fields.

use std::{collections::BTreeMap, fmt::Write};

use anyhow::{Context, Result, bail, ensure};
use protox::prost_reflect::{
    DescriptorPool, ExtensionDescriptor, FieldDescriptor, Kind, MessageDescriptor,
};

const PACKAGE: &str = "terrace.v1.";

/// Messages nest at most this deep.
const DEEPEST: usize = 8;

/// What the table makes of a message's fields; one more would not fit.
const SLOTS: usize = 24;

struct Options {
    longest: ExtensionDescriptor,
    most: ExtensionDescriptor,
}

impl Options {
    fn of(pool: &DescriptorPool) -> Result<Self> {
        let find = |name: &str| {
            pool.get_extension_by_name(&format!("{PACKAGE}{name}"))
                .with_context(|| format!("no option {name}"))
        };
        Ok(Self {
            longest: find("longest")?,
            most: find("most")?,
        })
    }

    fn limit(field: &FieldDescriptor, option: &ExtensionDescriptor) -> Option<u32> {
        let options = field.options();
        let set = options.has_extension(option);
        set.then(|| options.get_extension(option).as_u32())?
    }
}

/// The table as Rust.
pub(crate) fn generate(pool: &DescriptorPool) -> Result<String> {
    let options = Options::of(pool)?;
    let mut messages: Vec<_> = pool
        .all_messages()
        .filter(|message| message.full_name().starts_with(PACKAGE))
        .collect();
    messages.sort_by_key(|message| message.full_name().to_owned());
    let mut text =
        "// Made from the options in proto/ by: cargo run -p terrace-tests --bin generate\n"
            .to_owned();
    for message in &messages {
        ensure!(
            depth(message, DEEPEST).is_some(),
            "{} nests deeper than {DEEPEST}",
            message.full_name()
        );
        shape(&mut text, message, &options).with_context(|| message.full_name().to_owned())?;
    }
    Ok(text)
}

/// How deep a message nests; none if deeper than allowed.
fn depth(message: &MessageDescriptor, left: usize) -> Option<usize> {
    let left = left.checked_sub(1)?;
    let mut deepest = 0;
    for field in message.fields() {
        if let Kind::Message(inner) = field.kind() {
            deepest = deepest.max(depth(&inner, left)?);
        }
    }
    Some(deepest + 1)
}

fn shape(text: &mut String, message: &MessageDescriptor, options: &Options) -> Result<()> {
    let (constant, path) = (constant(message), rust_path(message));
    writeln!(text, "\nstatic {constant}: Shape = Shape {{")?;
    writeln!(text, "    name: \"{}\",", message.name())?;
    writeln!(text, "    size: size_of::<{path}>(),")?;
    writeln!(text, "    rules: &[")?;
    let mut slots = BTreeMap::new();
    for field in message.fields() {
        let next = slots.len();
        let slot = *slots.entry(slot_name(&field)).or_insert(next);
        rule(text, &field, slot, options).with_context(|| field.name().to_owned())?;
    }
    ensure!(slots.len() <= SLOTS, "more than {SLOTS} fields");
    writeln!(text, "    ],\n}};\n")?;
    writeln!(text, "impl Guarded for {path} {{")?;
    writeln!(text, "    const SHAPE: &'static Shape = &{constant};\n}}")?;
    Ok(())
}

/// Fields that exclude each other share a slot.
fn slot_name(field: &FieldDescriptor) -> String {
    match field.containing_oneof() {
        Some(oneof) => oneof.full_name().to_owned(),
        None => field.full_name().to_owned(),
    }
}

fn rule(text: &mut String, field: &FieldDescriptor, slot: usize, options: &Options) -> Result<()> {
    let longest = Options::limit(field, &options.longest);
    let kind = match field.kind() {
        Kind::String | Kind::Bytes => {
            let longest = longest.context("has no option longest")?;
            format!("Kind::Bytes {{ longest: {longest} }}")
        }
        Kind::Message(inner) => format!("Kind::Message(&{})", constant(&inner)),
        Kind::Fixed64 | Kind::Sfixed64 => "Kind::Fixed64".to_owned(),
        Kind::Bool | Kind::Enum(_) | Kind::Int32 | Kind::Uint32 | Kind::Sint32 => {
            "Kind::Varint { size: 4 }".to_owned()
        }
        Kind::Int64 | Kind::Uint64 | Kind::Sint64 => "Kind::Varint { size: 8 }".to_owned(),
        Kind::Double | Kind::Float | Kind::Fixed32 | Kind::Sfixed32 => {
            bail!("is of a kind that the formats do not use")
        }
    };
    let most = match (field.is_list(), Options::limit(field, &options.most)) {
        (true, Some(most)) => format!("Some({most})"),
        (false, None) => "None".to_owned(),
        (true, None) => bail!("has no option most"),
        (false, Some(_)) => bail!("is not repeated: no option most"),
    };
    let tag = field.number();
    writeln!(
        text,
        "        Rule {{ tag: {tag}, slot: {slot}, most: {most}, kind: {kind} }},"
    )?;
    Ok(())
}

/// `OFFICE_STATUS` for `terrace.v1.OfficeStatus`.
fn constant(message: &MessageDescriptor) -> String {
    let mut name = String::new();
    for letter in message.full_name()[PACKAGE.len()..].chars() {
        if letter.is_ascii_uppercase() && !name.is_empty() {
            name.push('_');
        }
        name.extend(letter.to_uppercase().filter(|letter| *letter != '.'));
    }
    name
}

fn rust_path(message: &MessageDescriptor) -> String {
    format!("proto::{}", &message.full_name()[PACKAGE.len()..])
}
