//! Files that the command line names.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use terrace_catalog::Lang;

use crate::failure::Failure;
use crate::shell::Shell;
use crate::words;

/// Opens a file, or standard input for `-`.
///
/// # Errors
/// Exit 2 where there is no such file, exit 1 where it cannot be read.
pub(crate) fn open(file: &Path, shell: &mut Shell<'_>) -> Result<Box<dyn Read + Send>, Failure> {
    if file.as_os_str() == "-" {
        return Ok(shell.take_stdin());
    }
    let (shown, lang) = (file.display(), shell.lang);
    let opened = match File::open(file) {
        Ok(opened) => opened,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Err(Failure::usage(match lang {
                Lang::Zh => format!("没有文件 {shown}"),
                Lang::En => format!("there is no file {shown}"),
            }));
        }
        Err(error) => return Err(unread(error, file)),
    };
    let about = opened.metadata().map_err(|error| unread(error, file))?;
    if about.is_dir() {
        return Err(Failure::usage(match lang {
            Lang::Zh => format!("{shown} 是文件夹"),
            Lang::En => format!("{shown} is a folder"),
        }));
    }
    Ok(Box::new(opened))
}

/// Reads a whole text of at most so many bytes.
///
/// # Errors
/// As [`open`]; exit 3 where it is longer, or no UTF-8.
pub(crate) fn text(file: &Path, most: usize, shell: &mut Shell<'_>) -> Result<String, Failure> {
    let lang = shell.lang;
    let limit = u64::try_from(most).unwrap_or(u64::MAX).saturating_add(1);
    let mut bytes = Vec::new();
    let mut content = open(file, shell)?.take(limit);
    let read = content.read_to_end(&mut bytes);
    read.map_err(|error| unread(error, file))?;
    if bytes.len() > most {
        let shown = file.display();
        return Err(Failure::content(match lang {
            Lang::Zh => format!("{shown} 超过 {most} 字节"),
            Lang::En => format!("{shown} has more than {most} bytes"),
        }));
    }
    String::from_utf8(bytes).map_err(|_| Failure::content(words::NOT_UTF8.get(lang)))
}

fn unread(error: io::Error, file: &Path) -> Failure {
    let context = format!("{} cannot be read", file.display());
    Failure::Fault(anyhow::Error::new(error).context(context))
}
