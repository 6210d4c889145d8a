//! Whose account of this machine calls over the Unix socket (系统账号).

use std::fs::File;
use std::io::{self, Read};

/// Where accounts of the machine are listed.
const PASSWD: &str = "/etc/passwd";

/// As much of the list as is looked at, in bytes.
const PASSWD_BYTES_MAX: u64 = 4 << 20;

/// Longest name that is taken, in bytes: what Linux allows.
const NAME_BYTES_MAX: usize = 32;

/// The name of an account; its number where the machine's own list has no usable
/// name for it.
pub(crate) fn account(uid: u32) -> String {
    let named = read().ok().and_then(|list| name_in(&list, uid));
    named.unwrap_or_else(|| uid.to_string())
}

fn read() -> io::Result<Vec<u8>> {
    let mut list = Vec::new();
    File::open(PASSWD)?
        .take(PASSWD_BYTES_MAX)
        .read_to_end(&mut list)?;
    Ok(list)
}

fn name_in(list: &[u8], uid: u32) -> Option<String> {
    let uid = uid.to_string();
    let mut lines = list.split(|byte| *byte == b'\n');
    lines.find_map(|line| {
        let mut fields = line.split(|byte| *byte == b':');
        let name = core::str::from_utf8(fields.next()?).ok()?;
        (fields.nth(1)? == uid.as_bytes() && is_name(name)).then(|| name.to_owned())
    })
}

/// A number would pass for the account that has it.
fn is_name(name: &str) -> bool {
    (1..=NAME_BYTES_MAX).contains(&name.len())
        && name.bytes().all(|byte| byte.is_ascii_graphic())
        && !name.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_is_called_by_its_name_and_else_by_its_number() {
        let list = b"root:x:0:0:root:/root:/bin/sh\nhe.xiuying:x:1007:100::/home/h:/bin/sh\n\
            broken\nalso:x\n1008:x:1009:1::/:/bin/sh\nt\xffa:x:1010:1::/:\ntwo words:x:1011:1::/:\n";
        assert_eq!(name_in(list, 0).as_deref(), Some("root"));
        assert_eq!(name_in(list, 1007).as_deref(), Some("he.xiuying"));
        for unnamed in [7, 100, 1008, 1009, 1010, 1011] {
            assert_eq!(name_in(list, unnamed), None, "{unnamed}");
        }
        assert_eq!(account(4_000_000_001), "4000000001");
    }

    #[test]
    fn a_name_of_32_bytes_passes_and_one_more_does_not() {
        let longest = "n".repeat(NAME_BYTES_MAX);
        let line = |name: &str| format!("{name}:x:7:7::/:\n").into_bytes();
        assert_eq!(name_in(&line(&longest), 7), Some(longest.clone()));
        assert_eq!(name_in(&line(&format!("{longest}n")), 7), None);
    }
}
