use terrace_catalog::Lang;
use terrace_desk::Request;
use terrace_model::{Level, Office, OfficeId, Time};
use terrace_pki::{Invitation, LinkAddress, Token};
use terrace_store::Read;
use terrace_wire::Refusal;

use super::{Door, broken, either, parse_code, refused, usage};

/// How long an invitation is good where nothing else is asked for: a day.
const VALID_MILLIS: u64 = 24 * 60 * 60 * 1_000;

/// The longest that an invitation is good: thirty days.
const VALID_MILLIS_MOST: u64 = 30 * VALID_MILLIS;

/// A parent that does not listen, and what it puts into its settings.
fn does_not_listen(lang: Lang) -> Refusal {
    refused::content(
        either(
            lang,
            "本单位没有监听地址，不能接纳下级",
            "this office takes no children: it does not listen",
        ),
        either(
            lang,
            "在 terrace.toml 的 [link] 下写上 `listen = \"HOST:7443\"`（本机地址），\
             再重新启动 `terrace serve`",
            "put `listen = \"HOST:7443\"` under [link] in terrace.toml, with an address \
             of this machine, and start `terrace serve` again",
        ),
    )
}

/// A child office to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewOffice {
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Its level; none is refused.
    pub level: Option<Level>,
    /// How long the invitation is good; none: 24 hours.
    pub valid_for_millis: Option<u64>,
}

/// An invitation to hand over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invited {
    /// One word.
    pub word: String,
    /// What is unusual about it, in words.
    pub warnings: Vec<String>,
}

impl<R: Read> Door<R> {
    /// Enters a child office in the register, and gives the word with which it
    /// joins once. A second one for an office that has not joined voids the
    /// first.
    ///
    /// # Errors
    /// Why not.
    pub async fn invite(&self, new: NewOffice) -> Result<Invited, Refusal> {
        let link = self.inner.setup.link.clone();
        let link = link.ok_or_else(|| does_not_listen(self.lang))?;
        let (invitation, mut warnings) = self.prepare(&new, link)?;
        if new
            .valid_for_millis
            .is_some_and(|millis| millis > VALID_MILLIS)
        {
            let text = either(
                self.lang,
                "谁持有邀请，谁就能代其加入，且有效期超过一天：请当面交付",
                "whoever has the invitation can join in its place for longer than a day: \
                 hand it over in person",
            );
            warnings.push(text.to_owned());
        }
        let word = invitation.to_word();
        let word = word.map_err(|error| {
            let todo = either(self.lang, "换一个名称", "give another name");
            let text = either(
                self.lang,
                "这个名称写不进邀请".to_owned(),
                error.to_string(),
            );
            refused::content(text, todo)
        })?;
        let request = Request::Invite {
            office: Office {
                id: invitation.office,
                code: invitation.code,
                name: invitation.name,
                level: invitation.level,
                parent: Some(self.id()),
                key: None,
            },
            invitation: terrace_model::Invitation {
                office: invitation.office,
                token: invitation.token.hash(),
                until: invitation.expires,
            },
        };
        self.ask(request).await?;
        Ok(Invited { word, warnings })
    }

    /// The invitation, with an id for an office that is not in the register.
    fn prepare(
        &self,
        new: &NewOffice,
        link: LinkAddress,
    ) -> Result<(Invitation, Vec<String>), Refusal> {
        let code = parse_code(&new.code, self.lang)?;
        let level = new.level.ok_or_else(|| {
            usage(either(
                self.lang,
                "请指明单位的层级",
                "say the office's level",
            ))
        })?;
        let millis = new.valid_for_millis.unwrap_or(VALID_MILLIS);
        if !(1..=VALID_MILLIS_MOST).contains(&millis) {
            return Err(usage(either(
                self.lang,
                "邀请的有效期须大于零，最长三十天",
                "an invitation is good for longer than nothing, and for thirty days at most",
            )));
        }
        let tree = self.tree();
        let me = tree.get(self.id());
        let me = me.ok_or_else(|| broken("the office is not in its own tree", self.lang))?;
        let mut warnings = Vec::new();
        if !code.begins_with(&me.code) {
            let parent = &me.code;
            warnings.push(match self.lang {
                Lang::Zh => format!("{code} 不以上级代码 {parent} 开头"),
                Lang::En => format!("{code} does not begin with {parent}, the code of its parent"),
            });
        }
        let known = tree.by_code(&code).map(|office| office.id);
        let office = known.unwrap_or_else(|| OfficeId(self.random_id()));
        let good_for = i64::try_from(millis).unwrap_or(i64::MAX);
        let invitation = Invitation {
            code,
            name: new.name.trim().to_owned(),
            level,
            office,
            tree: self.inner.setup.tree,
            parent: self.id(),
            token: Token::new(self.random()),
            expires: Time(self.inner.office.moment().wall.0).plus_millis(good_for),
            parent_key: self.inner.setup.key,
            link,
        };
        Ok((invitation, warnings))
    }
}
